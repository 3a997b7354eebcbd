import Foundations

/// How parents are selected.
public enum ParentSelection: String, CaseIterable, Codable, Sendable {
  /// The fittest of a random share of the population.
  case tournament
  /// Those that are about the best on one case after the other, in random order, where a case is a third of a benchmark's
  /// search configurations (La Cava et al., "Epsilon-lexicase selection for regression", arXiv 1905.13266, section 3.1).
  case lexicase

  /// Parts of each benchmark's search configurations that are cases; 0 where there are none.
  var foldCount: Int {
    switch self {
    case .tournament: 0
    case .lexicase: 3
    }
  }

  /// Draws a parent from a population that is not empty.
  package func parent(from population: [Individual], sampleRatio: Double, using stream: inout RandomStream)
    -> Individual
  {
    switch self {
    case .tournament: Self.fittest(of: population, sampleRatio: sampleRatio, using: &stream)
    case .lexicase: Self.survivor(of: population, using: &stream)
    }
  }

  private static func fittest(
    of population: [Individual], sampleRatio: Double, using stream: inout RandomStream
  ) -> Individual {
    let count = max(2, Int((Double(population.count) * sampleRatio).rounded()))
    var best = population[stream.integer(below: population.count)]
    for _ in 1..<count {
      let other = population[stream.integer(below: population.count)]
      if other.fitness > best.fitness { best = other }
    }
    return best
  }

  /// Who is left when each case in turn has turned away those further below its best than the median absolute deviation of
  /// the population.
  private static func survivor(of population: [Individual], using stream: inout RandomStream) -> Individual {
    let caseCount = population.map { $0.cases?.count ?? 0 }.min() ?? 0
    var left = Array(population.indices)
    for place in Array(0..<caseCount).shuffled(using: &stream) where left.count > 1 {
      let values = population.map { $0.cases?[place] ?? 0 }
      let middle = median(values)
      let tolerance = median(values.map { abs($0 - middle) })
      let best = left.map { values[$0] }.max() ?? 0
      left.removeAll { values[$0] < best - tolerance }
    }
    return population[left[stream.integer(below: left.count)]]
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
