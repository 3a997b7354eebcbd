import Torch

/// How a network is run.
public enum ForwardMode: Sendable {
  /// As deployed: batch norms use their running statistics.
  case inference
  /// As trained: batch norms use the batch's own statistics, which come back in the result.
  case training
  /// As SynFlow's virtual gradient wants it: batch norms pass their input on, biases are left out.
  case virtual
}

/// Functions that see, and may replace, what flows through quantizable layers.
///
/// Each gets the layer's index in ``Network/layers`` and gives back the tensor to go on with.
public struct Taps {
  /// Sees what enters a layer.
  public var input: ((_ layer: Int, _ tensor: Tensor) throws -> Tensor)?
  /// Sees a layer's weight.
  public var weight: ((_ layer: Int, _ tensor: Tensor) throws -> Tensor)?
  /// Sees what leaves a layer.
  public var output: ((_ layer: Int, _ tensor: Tensor) throws -> Tensor)?

  /// Makes taps; none are set.
  public init() {}
}

/// What a forward pass gives.
public struct ForwardResult: Sendable {
  /// The network's first output, such as logits [N, classes].
  public let output: Tensor
  /// In training mode, each batch norm's mean and biased variance over the batch, by the index of its step.
  public let batchStatistics: [Int: BatchStatistics]
}

/// A batch norm's statistics over one batch.
public struct BatchStatistics: Sendable {
  /// The mean of each channel.
  public let mean: Tensor
  /// The variance of each channel, divided by the number of elements.
  public let variance: Tensor
}

extension Network {
  /// Runs the network on images [N, channels, height, width].
  ///
  /// - Parameters:
  ///   - input: float images in the network's own element type.
  ///   - replacing: values to use in place of constants, by index; for weights that gradients are taken of.
  /// - Throws: ``NetworkError`` naming the node that failed.
  public func forward(
    _ input: Tensor, mode: ForwardMode = .inference, replacing: [Int: Tensor] = [:], taps: Taps = Taps()
  ) throws -> ForwardResult {
    var values = constants
    values[inputIndex] = try input.channelsLast()
    for (index, value) in replacing { values[index] = value }
    var batchStatistics: [Int: BatchStatistics] = [:]

    for (stepIndex, step) in steps.enumerated() {
      var arguments = step.inputs.map { $0.flatMap { values[$0] } }
      do {
        if let layer = step.layer {
          if let tap = taps.input, let tensor = arguments[0] { arguments[0] = try tap(layer, tensor) }
          if let tap = taps.weight, let tensor = arguments[1] { arguments[1] = try tap(layer, tensor) }
        }
        var context = KernelContext(mode: mode)
        var results = try step.kernel(arguments, &context)
        if let statistics = context.batchStatistics { batchStatistics[stepIndex] = statistics }
        if let layer = step.layer, let tap = taps.output { results[0] = try tap(layer, results[0]) }
        for (slot, result) in zip(step.outputs, results) {
          if let slot { values[slot] = result }
        }
      } catch let error as TorchError {
        throw NetworkError.execution(location: step.location, reason: error.description)
      }
      for index in step.lastUses { values[index] = nil }
    }
    guard let output = values[outputIndex] else {
      throw NetworkError.graph("\(name): the output \(outputName) was never computed")
    }
    return ForwardResult(output: output, batchStatistics: batchStatistics)
  }

  /// Logits [N, classes] of images [N, channels, height, width], without recording for gradients.
  public func logits(_ images: Tensor, taps: Taps = Taps()) throws -> Tensor {
    try withoutGradients { try forward(images, taps: taps).output }
  }
}
