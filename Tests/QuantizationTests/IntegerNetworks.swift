import BitModel
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch

/// Networks built by hand, quantized in integers.
enum IntegerNetworks {
  /// Images [count, 4, 6, 6].
  static func images(_ count: Int = 8) throws -> Tensor {
    var builder = NetworkBuilder()
    return try Tensor(builder.numbers(count * 144), shape: [count, 4, 6, 6])
  }

  static func quantization(
    _ model: Model, _ weights: WeightScheme = WeightScheme()
  ) throws -> PostTrainingQuantization {
    var options = QuantizationOptions()
    options.arithmetic = .integer
    options.weights = weights
    return try PostTrainingQuantization(
      model, name: "built", calibration: [images()], options: options, threads: 1)
  }

  /// All layers at some bits.
  static func quantized(
    _ model: Model, bits: Int = 8, activationBits: Int = 8, _ weights: WeightScheme = WeightScheme()
  ) throws -> QuantizedNetwork {
    let quantization = try quantization(model, weights)
    let choice = BitChoice(weightBits: bits, activationBits: activationBits)
    return try quantization.quantized(
      BitConfiguration(repeating: choice, count: quantization.network.layers.count), threads: 1)
  }

  /// The model of a network's file, whose logits are checked against the simulated ones.
  @discardableResult
  static func exported(_ quantized: QuantizedNetwork) throws -> Model {
    let images = try images()
    let read = try Model(quantized.model().serialized(), name: "read")
    let simulated = try quantized.logits(batches: [images], threads: 1)[0].doubles()
    #expect(relativeDifference(try Network(read).logits(images).doubles(), simulated) < 1e-4)
    return read
  }
}
