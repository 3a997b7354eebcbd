import Network
import Quantization
import Torch

extension BenchmarkBuilder {
  /// Makes a builder for a network of images and runs it.
  ///
  /// - Parameters:
  ///   - quantization: the network, and how it is quantized.
  ///   - images: batches of preprocessed evaluation images.
  ///   - labels: the class of each image, over all batches.
  ///   - views: over how many views of each image divergence and agreement, which need no labels, are means.
  ///   - threads: how many run at once.
  public init(
    quantization: PostTrainingQuantization, images: [Tensor], labels: [Int], views: Int = 1, threads: Int
  ) throws {
    try self.init(
      quantization: quantization, inputs: images.map { Inputs($0) }, labels: labels, views: views,
      threads: threads)
  }
}
