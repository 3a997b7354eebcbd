import Foundations

/// Draws a parent: the best of a random share of the population.
func selectParent(
  from population: [Individual], sampleRatio: Double, using stream: inout RandomStream
) -> Individual {
  let count = max(2, Int((Double(population.count) * sampleRatio).rounded()))
  var best = population[stream.integer(below: population.count)]
  for _ in 1..<count {
    let other = population[stream.integer(below: population.count)]
    if other.fitness > best.fitness { best = other }
  }
  return best
}

extension EvolutionOptions.Removal {
  /// Who leaves a population that is not empty.
  func position(in population: [Individual]) -> Int {
    let indices = population.indices
    switch self {
    case .worst:
      return indices.min { population[$0].fitness < population[$1].fitness } ?? 0
    case .oldest:
      let best = indices.max { population[$0].fitness < population[$1].fitness } ?? 0
      return indices.filter { $0 != best }.min { population[$0].birth < population[$1].birth } ?? 0
    }
  }
}
