import Datasets
import Foundations
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch
import Training

/// Fine-tuning of a network built by hand under both arithmetics.
@Suite("Fine-tuning in integers")
struct IntegerFineTuningTests {
  /// Sums, a concatenation that shares grids, and a pool.
  private func model() -> Model {
    var builder = NetworkBuilder()
    builder.convolution("a", "x")
    builder.add("Relu", "ar", ["a"])
    builder.convolution("b", "ar")
    builder.add("Add", "sum", ["b", "ar"])
    builder.add("Relu", "sr", ["sum"])
    builder.convolution("c", "sr")
    builder.convolution("d", "sr", kernel: 1)
    builder.add("Concat", "cat", ["c", "d"], ("axis", .integer(1)))
    builder.add("MaxPool", "pool", ["cat"], ("kernel_shape", .integers([2, 2])))
    builder.convolution("e", "pool", from: 8)
    builder.classifier("y", "e")
    return builder.model("y")
  }

  private func images(_ count: Int) throws -> Tensor {
    var builder = NetworkBuilder()
    return try Tensor(builder.numbers(count * 144), shape: [count, 4, 6, 6])
  }

  /// A network before and after two epochs of four steps.
  private func trained(_ arithmetic: Arithmetic, bits: Int = 3, activationBits: Int = 4) throws -> (
    before: QuantizedNetwork, after: QuantizedNetwork
  ) {
    let images = try images(32)
    var options = QuantizationOptions()
    options.arithmetic = arithmetic
    let quantization = try PostTrainingQuantization(
      model(), name: "built", calibration: [images], options: options, threads: 1)
    let before = try quantization.quantized(
      quantization.costs.uniform(bits, activationBits: activationBits), threads: 1)
    var tuner = try FineTuner(
      before, of: quantization, original: Network(model()),
      options: FineTuningOptions(
        epochs: 2, batchSize: 8, learningRate: 0.05, augmentation: Augmentation(flips: false, shift: 0)),
      images: images.floats(), labels: (0..<32).map { $0 % 5 }, identity: "test")
    while !tuner.isFinished { try tuner.step(threads: 1) }
    return (before, try tuner.quantized())
  }

  @Test("the file of a trained network computes what is simulated", arguments: Arithmetic.allCases)
  func exported(arithmetic: Arithmetic) throws {
    let (before, after) = try trained(arithmetic)
    #expect(after.arithmetic == arithmetic && after.configuration == before.configuration)
    let images = try images(16)
    let simulated = try after.logits(batches: [images], threads: 1)[0].doubles()
    let written = try Network(Model(after.model().serialized(), name: "m")).logits(images).doubles()
    #expect(relativeDifference(written, simulated) < 1e-4)
    let start = try before.logits(batches: [images], threads: 1)[0].doubles()
    #expect(relativeDifference(start, simulated) > 1e-3)
    #expect(zip(before.quantizers, after.quantizers).contains { $0.scale != $1.scale })
  }

  @Test("values and layers that share a grid share it after training, too")
  func grids() throws {
    let (before, after) = try trained(.integer, activationBits: 4)
    let (old, new) = (before.rounding, after.rounding)
    let plan = try #require(new.plan)
    #expect(old.values.count == new.values.count && new.values.count > 6)
    func grid(_ name: String, _ rounding: ActivationRounding, _ network: Network) throws
      -> ActivationQuantizer
    {
      try #require(network.valueIndices[name].flatMap { rounding.values[$0] })
    }
    for name in ["x", "ar", "sr", "cat", "c", "d"] {
      let (start, end) = try (grid(name, old, before.float), grid(name, new, after.float))
      #expect(start.bits == end.bits && start.zero == end.zero)
    }
    #expect(try grid("c", new, after.float) == grid("cat", new, after.float))
    #expect(try grid("d", new, after.float) == grid("cat", new, after.float))
    #expect(try grid("c", new, after.float) != grid("c", old, before.float))
    // A layer whose input lies on a value's grid when it arrives has that grid.
    #expect(new.arrivesRounded == old.arrivesRounded && new.arrivesRounded.contains(true))
    for (layer, step) in after.float.layerSteps.enumerated() where new.arrivesRounded[layer] {
      let input = try #require(after.float.steps[step].inputs[0])
      let origin = try #require(plan.origins[input])
      #expect(new.layers[layer] == new.values[origin])
    }
  }

  @Test("files have the same bytes on one thread and on two", arguments: [Correction.none, .bias])
  func threads(correction: Correction) throws {
    var options = QuantizationOptions()
    options.arithmetic = .integer
    options.correction = correction
    let batches = try (0..<4).map { _ in try images(8) }
    let files = try [1, 2].map { threads in
      let quantization = try PostTrainingQuantization(
        model(), name: "built", calibration: batches, options: options, threads: threads)
      return try quantization.quantized(quantization.costs.uniform(4, activationBits: 8), threads: threads)
        .model().serialized()
    }
    #expect(files[0] == files[1])
  }
}
