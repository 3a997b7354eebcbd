import BitModel
import Foundation
import Foundations
import LayerStatistics
import Network
import ONNX
import Quantization
import Statistics
import TestSupport
import Testing
import Torch

@Suite("Responses to changes of bits")
struct ResponseCollectorTests {
  private let small: SmallNetwork
  private let quantization: PostTrainingQuantization
  /// More than are run at a time.
  private let images: Tensor

  init() throws {
    small = try SmallNetwork()
    quantization = try PostTrainingQuantization(
      Model(contentsOf: TestFiles.golden("small-network.onnx")), name: "small", calibration: [small.images],
      threads: 1)
    images = try Tensor.concatenated([small.images, small.images.flipped(dimension: 3)], dimension: 0)
  }

  private var choices: [[BitChoice]] { choices(activationBits: [8]) }

  private func choices(activationBits: [Int]) -> [[BitChoice]] {
    let costs = small.network.costs
    return costs.layers.indices.map { layer in
      OuterLayers.isOuter(layer, of: costs)
        ? [BitChoice(weightBits: 8)]
        : [2, 3].flatMap { weight in
          activationBits.map { BitChoice(weightBits: weight, activationBits: $0) }
        } + [BitChoice(weightBits: 4)]
    }
  }

  private func table(
    _ background: ResponseBackground, window: Int? = nil, threads: Int = 2, known: ResponseTable? = nil,
    activationBits: [Int] = [8]
  ) throws -> ResponseTable {
    let plan = try ResponsePlan(
      costs: small.network.costs, choices: choices(activationBits: activationBits), background: background,
      window: window)
    return try ResponseCollector(quantization: quantization, images: images, plan: plan)
      .collect(calibration: "images", known: known, context: WorkContext(threads: threads))
  }

  @Test("each run's outputs are those of the network with these bits", arguments: [[8], [4, 8]])
  func runs(activationBits: [Int]) throws {
    let table = try table(.uniform(3), activationBits: activationBits)
    #expect(table.plan.roundsInputs == (activationBits.count > 1))
    #expect(table.plan.runs.count == table.plan.runCount && table.plan.hasInteractions)
    #expect(table.outputs.shape == [table.plan.runCount] + table.reference.shape)
    #expect(try table.reference.floats() == quantization.network.logits(images).floats())
    for (index, run) in table.plan.runs.enumerated() {
      var configuration = BitConfiguration(table.plan.base.compactMap(\.self))
      for change in run {
        configuration[change.layer] = table.plan.alternatives[change.layer][change.alternative]
      }
      let quantized = try quantization.quantized(configuration, threads: 1)
      // Weights alone are rounded where all inputs have the same bits.
      let expected =
        try table.plan.roundsInputs
        ? quantized.logits(batches: [images], threads: 1)[0] : quantized.network.logits(images)
      let found = try table.outputs.sliced(dimension: 0, from: index, to: index + 1)
      for (value, other) in zip(try found.floats(), try expected.floats()) {
        #expect(abs(value - other) < 1e-4, "run \(index)")
      }
    }
  }

  @Test("the float background is the float network, and a layer of 8 bits hardly changes it")
  func float() throws {
    let table = try table(.float, window: 0)
    #expect(!table.plan.hasInteractions && table.plan.alternatives[0].count == 1)
    let first = try table.outputs.sliced(dimension: 0, from: 0, to: 1).floats()
    #expect(try first == table.reference.floats())
    let second = try table.outputs.sliced(dimension: 0, from: 1, to: 2).floats()
    #expect(first != second)
    #expect(zip(first, second).allSatisfy { abs($0 - $1) < 0.2 })
  }

  @Test("the same bytes with one thread or two, and resumed with the first images")
  func deterministic() throws {
    let whole = try table(.uniform(3), threads: 1)
    #expect(try whole.outputs.bytes() == table(.uniform(3), threads: 2).outputs.bytes())
    let count = whole.imageCount
    try #require(count > 16)
    let first = ResponseTable(
      rounding: whole.rounding, calibration: whole.calibration, plan: whole.plan,
      reference: try whole.reference.sliced(dimension: 0, from: 0, to: 16).contiguous(),
      outputs: try whole.outputs.sliced(dimension: 1, from: 0, to: 16).contiguous())
    let resumed = try table(.uniform(3), known: first)
    #expect(try resumed.outputs.bytes() == whole.outputs.bytes())
    #expect(try resumed.reference.bytes() == whole.reference.bytes())
  }

  @Test("a file gives back what it was written of, and one without a part of it is refused")
  func file() throws {
    let table = try table(.uniform(3), window: 1)
    let statistics = NetworkStatistics(costs: small.network.costs, tensors: [:], responses: [table])
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try statistics.write(to: path)
    let read = try #require(NetworkStatistics(contentsOf: path).responses.first)
    #expect(read.plan == table.plan && read.rounding == table.rounding)
    #expect(try read.outputs.bytes() == table.outputs.bytes())
    let short = ResponseTable(
      rounding: "", calibration: "", plan: table.plan, reference: table.reference,
      outputs: try table.outputs.sliced(dimension: 0, from: 0, to: 3).contiguous())
    try NetworkStatistics(costs: small.network.costs, tensors: [:], responses: [short]).write(to: path)
    #expect(throws: FileError.self) { try NetworkStatistics(contentsOf: path) }
  }

  @Test("a background that is no candidate, and a window that is none, are told in a line")
  func refused() throws {
    for (background, window, word) in [
      (ResponseBackground.uniform(5), Int?.none, "uniform:5"), (.uniform(3), -1, "-1"),
    ] {
      let error = #expect(throws: StatisticsError.self) { try table(background, window: window) }
      #expect(error?.description.contains(word) == true)
    }
    #expect(ResponseBackground("uniform:3") == .uniform(3) && ResponseBackground("float") == .float)
    for text in ["", "uniform", "uniform:", "uniform:x", "float:3"] {
      #expect(ResponseBackground(text) == nil)
    }
    #expect(ResponseBackground.middle(of: [2, 3, 4]) == .uniform(3))
  }

  @Test("plans are narrowed to what may be spent, and cost what their runs do")
  func plans() throws {
    let costs = small.network.costs
    let whole = try ResponsePlan(costs: costs, choices: choices, background: .uniform(3), window: nil)
    let none = try ResponsePlan(costs: costs, choices: choices, background: .uniform(3), window: 0)
    #expect(none.forwardPasses < whole.forwardPasses && !none.hasInteractions)
    #expect(whole.fitting(forwardPasses: 1e9) == whole)
    #expect(whole.fitting(forwardPasses: 0).window == 0)
    let between = whole.fitting(forwardPasses: whole.forwardPasses - 0.01)
    #expect(between.forwardPasses < whole.forwardPasses)
  }
}
