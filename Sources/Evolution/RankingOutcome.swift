/// How well a proxy ranks the search configurations.
package struct RankingOutcome: Sendable, Equatable {
  /// The fitness.
  package let fitness: Double
  /// A number that proxies share which rank the configurations alike.
  package let fingerprint: UInt64
  /// The fitness on each case that parents are selected by; empty where they are not selected by cases.
  package let cases: [Double]

  package init(fitness: Double, fingerprint: UInt64, cases: [Double] = []) {
    self.fitness = fitness
    self.fingerprint = fingerprint
    self.cases = cases
  }
}
