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
