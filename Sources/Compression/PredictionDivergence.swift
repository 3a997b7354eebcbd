import Network
import Quantization
import Torch

/// How far a quantized network's predictions are from the float network's, over some images that need no labels.
///
/// The mean over images of the Kullback–Leibler divergence Σ p ln (p / q), with p the probabilities of classes that the float
/// network gives and q the quantized one's; of values, the squared error divided by their variance.
package struct PredictionDivergence: Sendable {
  private let batches: [Inputs]
  private let float: [Tensor]
  private let comparison: OutputComparison
  private let count: Int
  private let threads: Int

  /// Runs the float network.
  ///
  /// - Parameter batches: examples.
  package init(_ network: Network, batches: [Inputs], threads: Int) throws {
    self.batches = batches
    self.threads = threads
    float = try network.logits(batches: batches, threads: threads)
    comparison = try OutputComparison(network, references: float)
    count = batches.reduce(0) { $0 + $1.count }
  }

  /// The divergence; infinite where predictions are no numbers.
  ///
  /// - Complexity: a forward pass over the images.
  package func callAsFunction(_ quantized: QuantizedNetwork) throws -> Double {
    let outputs = try quantized.logits(batches: batches, threads: threads)
    let sum = try zip(float, outputs).reduce(0.0) { sum, pair in
      try sum + comparison.divergences(of: pair.1, from: pair.0).sum().item()
    }
    return sum.isFinite ? sum / Double(count) : .infinity
  }
}
