import Network
import Quantization
import Torch

/// How far a quantized network's predictions are from the float network's, over some images that need no labels.
///
/// The mean over images of the Kullback–Leibler divergence Σ p ln (p / q), with p the probabilities of classes that the float
/// network gives and q the quantized one's.
package struct PredictionDivergence: Sendable {
  private let batches: [Tensor]
  private let logarithms: [Tensor]
  private let count: Int
  private let threads: Int

  /// Runs the float network.
  ///
  /// - Parameter batches: [N, channels, height, width] each.
  package init(_ network: Network, batches: [Tensor], threads: Int) throws {
    self.batches = batches
    self.threads = threads
    logarithms = try network.logits(batches: batches, threads: threads).map {
      try $0.converted(to: .float64).logSoftmax(dimension: 1)
    }
    count = batches.reduce(0) { $0 + $1.shape[0] }
  }

  /// The divergence; infinite where predictions are no numbers.
  ///
  /// - Complexity: a forward pass over the images.
  package func callAsFunction(_ quantized: QuantizedNetwork) throws -> Double {
    let outputs = try quantized.logits(batches: batches, threads: threads)
    let sum = try zip(logarithms, outputs).reduce(0.0) { sum, pair in
      let other = try pair.1.converted(to: .float64).logSoftmax(dimension: 1)
      return try sum + pair.0.applying("exp").innerProduct(pair.0.subtracting(other))
    }
    return sum.isFinite ? sum / Double(count) : .infinity
  }
}
