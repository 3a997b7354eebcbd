import Proxies

/// A genome and how well its proxy ranks the search configurations.
public struct Individual: Sendable, Equatable, Codable {
  /// What is inherited and mutated.
  public let genome: Genome
  /// The fitness.
  public let fitness: Double
  /// A number that proxies of one canonical form share.
  let form: UInt64
  /// A number that proxies share which rank the search configurations alike.
  let fingerprint: UInt64
  /// The generation that it came up in.
  let birth: Int
  /// The fitness on each case that parents are selected by; nil where they are not selected by cases.
  let cases: [Double]?

  package init(genome: Genome, _ outcome: RankingOutcome, form: UInt64, birth: Int) {
    self.genome = genome
    self.form = form
    self.birth = birth
    fitness = outcome.fitness
    fingerprint = outcome.fingerprint
    cases = outcome.cases.isEmpty ? nil : outcome.cases
  }

  /// The order of a hall of fame: the fitter first; among equals the simpler, then by text.
  static func precedes(_ left: Individual, _ right: Individual) -> Bool {
    guard left.fitness == right.fitness else { return left.fitness > right.fitness }
    let (x, y) = (left.genome.proxy, right.genome.proxy)
    return x.complexity != y.complexity ? x.complexity < y.complexity : x.description < y.description
  }
}
