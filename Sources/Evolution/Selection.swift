import Support

/// Draws a parent: the best of a random share of the population.
func selectParent(
  from population: [Individual], sampleRatio: Double, using stream: inout RandomStream
) -> Individual {
  let count = max(1, Int((Double(population.count) * sampleRatio).rounded()))
  var best = population[stream.integer(below: population.count)]
  for _ in 1..<max(2, count) {
    let other = population[stream.integer(below: population.count)]
    if other.fitness > best.fitness { best = other }
  }
  return best
}
