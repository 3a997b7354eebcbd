import BitModel
import Foundation
import Foundations
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch

extension Rounding {
  /// Each element to the level above it: a rounding that the sources do not know.
  fileprivate static let upward = Rounding(
    name: "upward",
    method: .layers(seesInputs: false) { layer, bits in
      try withoutGradients {
        try bits.map { bits in
          let axis = layer.layer.outputAxis
          let grid = try WeightGrid(layer.weight, axis: axis, bits: bits, scheme: layer.options.weights)
          var shape = Array(repeating: 1, count: layer.weight.rank)
          shape[axis] = grid.scales.count
          let levels = try layer.weight.divided(by: grid.scales.reshaped(shape)).applying("ceil")
            .adding(grid.zeros.reshaped(shape)).clamped(grid.lowest, grid.highest)
          return QuantizedWeight(grid: grid, levels: levels)
        }
      }
    })

  /// All layers of a block to the levels of 0.
  fileprivate static let zeros = Rounding(
    name: "zeros",
    method: .blocks { block in
      try zip(block.grids, block.weights).map { grid, weight in
        try grid.nearestLevels(of: weight.scaled(by: 0))
      }
    })

  /// A rounding that forgets layers.
  fileprivate static let forgetful = Rounding(
    name: "forgetful", method: .layers(seesInputs: false) { _, _ in [] })
}

@Suite("Roundings")
struct RoundingRegistryTests {
  private func small() throws -> (model: Model, batches: [Tensor]) {
    var stream = RandomStream(seed: 4, purpose: "images")
    let images = try Tensor((0..<2304).map { _ in Float(stream.uniform() * 2 - 1) }, shape: [32, 2, 6, 6])
    return (try Model(contentsOf: TestFiles.golden("small-network.onnx")), [images])
  }

  private func quantized(
    _ rounding: Rounding, isSequential: Bool
  ) throws -> (quantization: PostTrainingQuantization, network: QuantizedNetwork, batches: [Tensor]) {
    let (model, batches) = try small()
    var options = QuantizationOptions()
    options.rounding = rounding
    options.isSequential = isSequential
    let quantization = try PostTrainingQuantization(
      model, name: "small", calibration: batches, options: options, threads: 1)
    let configuration = BitConfiguration(weightBits: [8, 3, 4, 3, 8], activationBits: 8)
    return (quantization, try quantization.quantized(configuration, threads: 1), batches)
  }

  @Test("a rounding of one's own quantizes a network and is exported", arguments: [false, true])
  func ownRounding(isSequential: Bool) throws {
    let (quantization, quantized, batches) = try quantized(.upward, isSequential: isSequential)
    for (layer, weight) in quantized.weights.enumerated() {
      let float = quantization.network.weights[layer]
      let isClipped = try weight.levels.doubles().map { $0 >= weight.grid.highest }
      for ((rounded, value), isClipped) in try zip(
        zip(weight.dequantized().doubles(), float.doubles()), isClipped)
      where !isClipped { #expect(rounded >= value - 1e-6) }
    }
    let exported = try Network(Model(quantized.model().serialized(), name: "exported"))
    let simulated = try quantized.logits(batches: batches, threads: 1).flatMap { try $0.doubles() }
    #expect(relativeDifference(try batches.flatMap { try exported.logits($0).doubles() }, simulated) < 1e-4)
  }

  @Test("a rounding of blocks of one's own", arguments: [false, true])
  func ownBlockRounding(isSequential: Bool) throws {
    let quantized = try quantized(.zeros, isSequential: isSequential).network
    for weight in quantized.weights { #expect(try weight.dequantized().doubles().allSatisfy { $0 == 0 }) }
  }

  @Test("a rounding that gives too few weights is refused by name")
  func forgetful() throws {
    #expect {
      _ = try quantized(.forgetful, isSequential: false)
    } throws: { error in
      "\(error)".contains("forgetful") && "\(error)".contains("layer")
    }
  }

  @Test("roundings have names of their own, and are found by them", arguments: Rounding.all)
  func names(rounding: Rounding) throws {
    #expect(Rounding.all.count { $0.name == rounding.name } == 1)
    #expect(Rounding(named: rounding.name) == rounding)
    let data = try JSONEncoder().encode([rounding])
    #expect(String(decoding: data, as: UTF8.self) == "[\"\(rounding.name)\"]")
    #expect(try JSONDecoder().decode([Rounding].self, from: data) == [rounding])
  }

  @Test("an unknown name is refused and the known ones are named")
  func unknown() {
    #expect(Rounding(named: "down") == nil)
    #expect {
      _ = try JSONDecoder().decode([Rounding].self, from: Data("[\"down\"]".utf8))
    } throws: { error in
      "\(error)".contains("down") && "\(error)".contains("nearest, gptq, adaround, brecq")
    }
  }

  @Test("options are stored under the names that files have")
  func storedOptions() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var options = QuantizationOptions()
    options.rounding = .gptq
    options.isSequential = true
    let text =
      #"{"calibration":"minmax","correctsBias":false,"isExact":true,"iterations":2000,"reestimatesBatchNorms":false,"#
      + #""rounding":"gptq","seed":1,"weightRange":"output","weights":{"granularity":"channel","symmetry":"automatic"}}"#
    #expect(String(decoding: try encoder.encode(options), as: UTF8.self) == text)
    #expect(try JSONDecoder().decode(QuantizationOptions.self, from: Data(text.utf8)) == options)
  }
}
