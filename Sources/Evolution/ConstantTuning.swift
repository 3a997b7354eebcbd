import Proxies

/// Tunes the real constants of a formula by trying each a little greater and a little less (Hooke and Jeeves, "Direct
/// Search Solution of Numerical and Statistical Problems", JACM 1961).
///
/// What is better stays; where nothing is, steps are halved.
package struct ConstantTuning {
  /// Evaluations, at most.
  let evaluations: Int
  /// The first step, in the logarithm of a constant.
  var step = 0.4
  /// The step at which tuning ends.
  var leastStep = 0.04

  /// Makes a tuning.
  package init(evaluations: Int) { self.evaluations = evaluations }

  /// The genome with the best constants found, and how it ranks; nil where none is fitter.
  ///
  /// - Parameter measure: the fitness of a formula; nil where it has none.
  package func tuned(
    _ genome: Genome, fitness: Double, measure: (Genome) -> RankingOutcome?
  ) -> (genome: Genome, outcome: RankingOutcome)? {
    guard let formula = genome.response, !formula.constants.isEmpty else { return nil }
    // In the order of this formula throughout: one whose power has become 1 shows a constant less.
    var constants = formula.constants
    var (best, step, left) = (fitness, step, evaluations)
    var found: (genome: Genome, outcome: RankingOutcome)?
    while step >= leastStep, left > 0 {
      var isBetter = false
      for place in constants.indices {
        for direction in [step, -step] where left > 0 {
          var moved = constants
          moved[place] = moved[place].moved(by: direction)
          guard moved[place] != constants[place] else { continue }
          let candidate = Genome(formula.withConstants(moved), shape: genome.shape)
          left -= 1
          guard let measured = measure(candidate), measured.fitness > best else { continue }
          (best, isBetter) = (measured.fitness, true)
          found = (candidate, measured)
          constants = moved
          break
        }
      }
      if !isBetter { step /= 2 }
    }
    return found
  }
}
