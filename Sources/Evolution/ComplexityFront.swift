import Proxies

/// The fittest proxy of each complexity that no simpler one equals.
public struct ComplexityFront: Sendable, Equatable, Codable {
  /// The fittest of each complexity, whether on the front or not.
  private var best: [Int: Individual] = [:]

  /// From the simplest up; each is fitter than all before it.
  public var members: [Individual] {
    var result: [Individual] = []
    for complexity in best.keys.sorted() {
      guard let candidate = best[complexity], candidate.fitness > result.last?.fitness ?? -.infinity else {
        continue
      }
      result.append(candidate)
    }
    return result
  }

  init() {}

  mutating func consider(_ candidate: Individual) {
    let complexity = candidate.genome.proxy.complexity
    if let known = best[complexity], !Individual.precedes(candidate, known) { return }
    best[complexity] = candidate
  }

  /// The front of several fronts.
  static func merging(_ fronts: [ComplexityFront]) -> ComplexityFront {
    var result = ComplexityFront()
    for front in fronts { for candidate in front.best.values { result.consider(candidate) } }
    return result
  }
}
