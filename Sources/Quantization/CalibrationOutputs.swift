import Foundations
import Network

extension PostTrainingQuantization {
  /// Comparisons with the float network's outputs, whose variances are those on the calibration examples.
  ///
  /// - Complexity: a forward pass over these where outputs are values, nothing for classes.
  package func outputComparison(threads: Int) throws -> OutputComparison {
    try OutputComparison(
      network,
      references: network.objective == .values ? network.logits(batches: calibration, threads: threads) : [])
  }
}
