import Foundations

/// How one formula is chosen among the best of a search, on the validation configurations.
public enum ProxyChoice: String, CaseIterable, Codable, Sendable {
  /// The one with the highest ρ.
  case validation
  /// The one with the highest ρ among formulas of a complexity that serves networks left out: for each network and each
  /// complexity, the best formula on the other networks of at most this complexity is taken, and the complexity whose
  /// formulas rank the networks left out best on average is chosen.
  case leftOut = "left_out"

  /// A formula as it is chosen by.
  package struct Candidate {
    /// ρ on each benchmark.
    let correlations: [Double]
    /// How many inputs, operations and constants it has.
    let complexity: Int

    package init(correlations: [Double], complexity: Int) {
      self.correlations = correlations
      self.complexity = complexity
    }
  }

  /// Positions of candidates from the best down; among equals the earlier first.
  ///
  /// - Parameters:
  ///   - networks: which network each benchmark is of.
  ///   - combination: how correlations of several benchmarks become one.
  package func order(
    _ candidates: [Candidate], networks: [Int], combination: SearchProblem.Combination
  ) -> [Int] {
    let values = candidates.map { combination.value(of: $0.correlations) }
    let order = candidates.indices.sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }
    switch self {
    case .validation: return order
    case .leftOut:
      guard
        let limit = Self.complexity(serving: candidates, order, networks: networks, combination: combination)
      else { return order }
      return order.filter { candidates[$0].complexity <= limit }
        + order.filter { candidates[$0].complexity > limit }
    }
  }

  /// The complexity whose formulas rank networks left out best; nil where there is one network alone.
  private static func complexity(
    serving candidates: [Candidate], _ order: [Int], networks: [Int], combination: SearchProblem.Combination
  ) -> Int? {
    let groups = Set(networks).sorted()
    guard groups.count > 1 else { return nil }
    var best: (limit: Int, value: Double)?
    for limit in Set(candidates.map(\.complexity)).sorted() {
      let allowed = order.filter { candidates[$0].complexity <= limit }
      let found = groups.compactMap { group -> Double? in
        func value(_ position: Int, leavingOut isLeftOut: Bool) -> Double {
          combination.value(
            of: zip(candidates[position].correlations, networks).filter { ($0.1 == group) != isLeftOut }.map(
              \.0))
        }
        var chosen: (position: Int, value: Double)?
        for position in allowed {
          let others = value(position, leavingOut: true)
          if others > chosen?.value ?? -.infinity { chosen = (position, others) }
        }
        return chosen.map { value($0.position, leavingOut: false) }
      }
      let mean = found.reduce(0, +) / Double(max(1, found.count))
      if mean > best?.value ?? -.infinity { best = (limit, mean) }
    }
    return best?.limit
  }
}
