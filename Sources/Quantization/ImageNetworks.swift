import Foundations
import Network
import ONNX
import Torch

/// Networks of one input, such as those of images.
extension PostTrainingQuantization {
  /// Folds batch norms and calibrates the range of each layer's input.
  ///
  /// - Parameters:
  ///   - model: the float model.
  ///   - name: what the network is called.
  ///   - inputShape: one image's, where the model leaves it open.
  ///   - calibration: batches of preprocessed images.
  ///   - options: how it is quantized.
  ///   - store: where rounded weights are kept beyond this process.
  ///   - threads: how many run at once.
  ///   - progress: receives the progress.
  public init(
    _ model: Model, name: String, inputShape: [Int]? = nil, calibration: [Tensor],
    options: QuantizationOptions = QuantizationOptions(), store: (any WeightStore)? = nil, threads: Int,
    progress: ProgressHandler? = nil
  ) throws {
    try self.init(
      model, name: name, network: NetworkOptions(inputShapes: inputShape.map { InputShapes($0) }),
      calibration: calibration.map { Inputs($0) }, options: options, store: store, threads: threads,
      progress: progress)
  }
}

extension QuantizedNetwork {
  /// Logits of batches of images, in their order.
  public func logits(batches: [Tensor], threads: Int, progress: ProgressHandler? = nil) throws -> [Tensor] {
    try logits(batches: batches.map { Inputs($0) }, threads: threads, progress: progress)
  }
}

extension PrefixCache {
  /// Makes an empty cache for some batches of images.
  ///
  /// - Parameters:
  ///   - batches: preprocessed images.
  ///   - depth: the greatest number of layers that are shared.
  ///   - byteLimit: how much memory kept values may take.
  public convenience init(batches: [Tensor], depth: Int, byteLimit: Int = 256 << 20) {
    self.init(batches: batches.map { Inputs($0) }, depth: depth, byteLimit: byteLimit)
  }
}
