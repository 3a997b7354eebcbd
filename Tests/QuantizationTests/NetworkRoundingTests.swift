import BitModel
import Foundation
import Foundations
import Network
import ONNX
import Quantization
import Synchronization
import TestSupport
import Testing
import Torch

/// Whole networks under each rounding.
@Suite("Network rounding")
struct NetworkRoundingTests {
  private func small() throws -> (model: Model, batches: [Tensor]) {
    var stream = RandomStream(seed: 9, purpose: "images")
    let batches = try (0..<2).map { _ in
      try Tensor((0..<2304).map { _ in Float(stream.uniform() * 2 - 1) }, shape: [32, 2, 6, 6])
    }
    return (try Model(contentsOf: TestFiles.golden("small-network.onnx")), batches)
  }

  private func options(_ change: (inout QuantizationOptions) -> Void) -> QuantizationOptions {
    var options = QuantizationOptions()
    options.iterations = 150
    change(&options)
    return options
  }

  private let mixed = BitConfiguration(weightBits: [8, 2, 3, 2, 8], activationBits: 8)

  private func logits(_ options: QuantizationOptions, threads: Int = 2) throws -> [Double] {
    let (model, batches) = try small()
    let quantization = try PostTrainingQuantization(
      model, name: "small", calibration: batches, options: options, threads: threads)
    return try quantization.quantized(mixed, threads: threads).logits(batches: batches, threads: threads)
      .flatMap { try $0.doubles() }
  }

  @Test("the same bytes for any number of threads", arguments: Rounding.all, [false, true])
  func threads(rounding: Rounding, isSequential: Bool) throws {
    let options = options {
      $0.rounding = rounding
      $0.isSequential = isSequential
      $0.correction = isSequential ? .bias : .none
    }
    #expect(try logits(options, threads: 1) == logits(options, threads: 2))
  }

  @Test("rounding that looks at images is nearer to float than the nearest levels")
  func errors() throws {
    let (model, batches) = try small()
    let float = try batches.flatMap { try Network(model).logits($0).doubles() }
    func error(_ rounding: Rounding, isSequential: Bool = false) throws -> Double {
      let values = try logits(
        options {
          $0.rounding = rounding
          $0.isSequential = isSequential
        })
      return zip(values, float).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let nearest = try error(.nearest)
    for rounding in [Rounding.gptq, .adaround, .brecq] {
      #expect(try error(rounding) < nearest)
      #expect(try error(rounding, isSequential: true) < nearest)
    }
  }

  @Test("a weight is rounded once, kept, and taken from where it is kept")
  func store() throws {
    let (model, batches) = try small()
    let store = MemoryStore()
    let options = options { $0.rounding = .gptq }
    func make() throws -> PostTrainingQuantization {
      try PostTrainingQuantization(
        model, name: "small", calibration: batches, options: options, store: store, threads: 1)
    }
    let first = try make()
    #expect(try first.prepare([mixed], threads: 1))
    #expect(store.weights.withLock { $0.count } == 5)
    let expected = try first.quantized(mixed, threads: 1).logits(batches: batches, threads: 1)
    let before = store.weights.withLock { $0 }
    let again = try make().quantized(mixed, threads: 1).logits(batches: batches, threads: 1)
    #expect(store.weights.withLock { $0 } == before)
    #expect(try zip(expected, again).allSatisfy { try $0.0.doubles() == $0.1.doubles() })
    #expect(
      try !make().prepare(
        [BitConfiguration(weightBits: [4, 4, 4, 4, 4], activationBits: 8)], threads: 1, isCancelled: { true })
    )
  }

  @Test("shared prefixes change no byte", arguments: [false, true])
  func prefixes(correctsBias: Bool) throws {
    let (model, batches) = try small()
    let quantization = try PostTrainingQuantization(
      model, name: "small", calibration: batches,
      options: options { $0.correction = correctsBias ? .bias : .none },
      threads: 1)
    let prefixes = PrefixCache(batches: batches, depth: 4)
    for last in [2, 3, 4] {
      for activation in [8, 4] {
        for second in [2, 4] {
          let configuration = try #require(
            BitConfiguration(
              weightBits: [8, second, 3, last, 8], activationBits: [8, 8, activation, 8, 8]))
          let quantized = try quantization.quantized(configuration, threads: 1)
          let plain = try quantized.logits(batches: batches, threads: 1)
          let shared = try prefixes.logits(of: quantized, threads: 2)
          #expect(try zip(plain, shared).allSatisfy { try $0.0.bytes() == $0.1.bytes() })
        }
      }
    }
  }

  @Test(
    "integer convolutions compute what the values they stand for do", .enabled(if: IntegerConvolution.isExact)
  )
  func integers() throws {
    let (model, batches) = try small()
    let quantization = try PostTrainingQuantization(model, name: "small", calibration: batches, threads: 1)
    for configuration in [mixed, BitConfiguration(weightBits: [4, 5, 6, 7, 8], activationBits: 5)] {
      let quantized = try quantization.quantized(configuration, threads: 1)
      #expect(quantized.convolutions.count { $0 != nil } == 4)
      let values = try quantized.logits(batches: batches, threads: 1).flatMap { try $0.doubles() }
      let plain = try batches.flatMap { batch in
        var taps = Taps()
        taps.input = { layer, tensor in try quantized.quantizers[layer].apply(tensor) }
        return try quantized.network.logits(batch, taps: taps).doubles()
      }
      #expect(relativeDifference(values, plain) < 1e-5)
    }
  }

  /// The outputs of a layer, channel by channel, over all batches.
  private func outputs(
    _ network: Network, taps: Taps, layer: Int, batches: [Tensor]
  ) throws -> (mean: [Double], variance: [Double]) {
    let seen = Seen()
    var taps = taps
    let inner = taps.output
    taps.output = { index, tensor in
      let result = try inner?(index, tensor) ?? tensor
      if index == layer { seen.values.append(result) }
      return result
    }
    for batch in batches { _ = try network.logits(batch, taps: taps) }
    let all = try Tensor.concatenated(seen.values, dimension: 0)
    let dimensions = all.rank == 4 ? [0, 2, 3] : [0]
    let mean = try all.mean(over: dimensions, keepingRank: true)
    return (
      try mean.doubles(), try all.subtracting(mean).squared().mean(over: dimensions).doubles()
    )
  }

  @Test("bias correction gives channels that no activation function follows the float network's mean")
  func biasCorrection() throws {
    let (model, batches) = try small()
    let quantization = try PostTrainingQuantization(
      model, name: "small", calibration: batches, options: options { $0.correction = .bias }, threads: 1)
    let quantized = try quantization.quantized(mixed, threads: 1)
    let plain = quantization.network.layers.indices.filter {
      quantization.network.activationTail(ofLayer: $0).isEmpty
    }
    #expect(plain.map { quantization.network.layers[$0].name } == ["pointwise", "classifier"])
    for layer in plain {
      let float = try outputs(quantization.network, taps: Taps(), layer: layer, batches: batches)
      let rounded = try outputs(quantized.network, taps: quantized.taps, layer: layer, batches: batches)
      #expect(relativeDifference(rounded.mean, float.mean) < 1e-4)
    }
    let exported = try Network(Model(quantized.model().serialized(), name: "corrected"))
    let simulated = try quantized.logits(batches: batches, threads: 1).flatMap { try $0.doubles() }
    #expect(relativeDifference(try batches.flatMap { try exported.logits($0).doubles() }, simulated) < 1e-4)
  }

  @Test("re-estimated batch norms give each channel its shift and scale")
  func batchNorms() throws {
    let (model, batches) = try small()
    let quantization = try PostTrainingQuantization(
      model, name: "small", calibration: batches, options: options { $0.correction = .batchNorm },
      threads: 1)
    let quantized = try quantization.quantized(mixed, threads: 1)
    var seen = 0
    for (layer, norm) in quantization.batchNorms.enumerated() {
      guard let norm else { continue }
      seen += 1
      let rounded = try outputs(quantized.network, taps: quantized.taps, layer: layer, batches: batches)
      #expect(relativeDifference(rounded.mean, norm.shift.map { Double($0) }) < 1e-3)
      #expect(relativeDifference(rounded.variance, norm.scale.map { Double($0 * $0) }) < 1e-3)
    }
    #expect(seen == 3)
    let exported = try Network(Model(quantized.model().serialized(), name: "corrected"))
    let simulated = try quantized.logits(batches: batches, threads: 1).flatMap { try $0.doubles() }
    #expect(relativeDifference(try batches.flatMap { try exported.logits($0).doubles() }, simulated) < 1e-4)
    #expect(throws: NetworkError.self) {
      _ = try PostTrainingQuantization(
        model, name: "small", calibration: batches,
        options: options {
          $0.correction = .batchNorm
          $0.weights.granularity = .tensor
        }, threads: 1)
    }
  }

  @Test(
    "every grid is exported as it was simulated", arguments: WeightScheme.Symmetry.allCases,
    WeightScheme.Granularity.allCases)
  func export(symmetry: WeightScheme.Symmetry, granularity: WeightScheme.Granularity) throws {
    let (model, batches) = try small()
    let quantization = try PostTrainingQuantization(
      model, name: "small", calibration: batches,
      options: options { $0.weights = WeightScheme(symmetry: symmetry, granularity: granularity) }, threads: 1
    )
    for configuration in [mixed, BitConfiguration(weightBits: [4, 5, 6, 7, 8], activationBits: 6)] {
      let quantized = try quantization.quantized(configuration, threads: 1)
      let exported = try Network(Model(quantized.model().serialized(), name: "exported"))
      let simulated = try quantized.logits(batches: batches, threads: 1).flatMap { try $0.doubles() }
      #expect(relativeDifference(try batches.flatMap { try exported.logits($0).doubles() }, simulated) < 1e-4)
    }
  }

  private final class Seen {
    var values: [Tensor] = []
  }

  private final class MemoryStore: WeightStore {
    let weights = Mutex<[String: StoredWeight]>([:])
    func weight(layer: Int, bits: Int) -> StoredWeight? { weights.withLock { $0["\(layer)/\(bits)"] } }
    func keep(_ weight: StoredWeight, layer: Int, bits: Int) {
      weights.withLock { $0["\(layer)/\(bits)"] = weight }
    }
  }
}
