import BitModel
import Datasets
import Foundations
import LayerStatistics
import ONNX
import Proxies
import Quantization
import Statistics
import TestSupport
import Testing
import Torch

/// Responses of ResNet-20 and scores of proxies that PyTorch computed in float64
/// (`Tests/Golden/resnet20_responses.py`).
private struct ResponseGolden: Decodable {
  /// What is kept of a tensor [images, classes]: its norm, and the values of the shown images.
  struct Summary: Decodable {
    let norm: Double
    let values: [[Double]]
  }

  /// The response of one layer, or the interaction of two, to these bits.
  struct Effect: Decodable {
    let layers, bits: [Int]
    let norm: Double
    let values: [[Double]]
  }

  struct Background: Decodable {
    let background: String
    let base: Summary
    let effects: [Effect]
  }

  let images: Int
  let shown: [Int]
  let reference: Summary
  let backgrounds: [Background]
  let configurations: [[Int]]
  let scores: [String: [Double]]
}

/// The same, computed by this program once for all tests.
private enum ResNet20Responses {
  static let golden = Result { () throws -> ResponseGolden in
    try TestFiles.goldenJSON("resnet20_responses.json", as: ResponseGolden.self)
  }

  static let statistics = Result { () throws -> NetworkStatistics in
    let golden = try ResNet20Responses.golden.get()
    let count = golden.images
    let dataset = try Dataset.open(TestFiles.shared("data/cifar10/train.npz") + "#0:\(count)")
    let images = try dataset.batches(of: count, preprocessing: .preset("cifar10"), threads: 2)[0].images
    let quantization = try PostTrainingQuantization(
      Model(contentsOf: TestFiles.shared("models/resnet20-cifar10.onnx")), name: "resnet20",
      calibration: [images], threads: 2)
    let costs = quantization.costs
    let choices: [[BitChoice]] = costs.layers.indices.map { layer in
      OuterLayers.isOuter(layer, of: costs)
        ? [BitChoice(weightBits: 8)] : [2, 3, 4].map { BitChoice(weightBits: $0) }
    }
    let tables = try golden.backgrounds.map { part -> ResponseTable in
      let background = try #require(ResponseBackground(part.background))
      let plan = try ResponsePlan(costs: costs, choices: choices, background: background, window: nil)
      return try ResponseCollector(quantization: quantization, images: images, plan: plan)
        .collect(calibration: "", context: WorkContext(threads: 2))
    }
    return NetworkStatistics(costs: costs, tensors: [:], responses: tables)
  }
}

@Suite("Responses of ResNet-20 against PyTorch in float64", .enabled(if: TestFiles.hasShared), .serialized)
struct ResNet20ResponseTests {
  private let golden: ResponseGolden
  private let found: NetworkStatistics
  private static let tolerance = 1e-3

  init() throws {
    golden = try ResNet20Responses.golden.get()
    found = try ResNet20Responses.statistics.get()
  }

  /// The outputs of a run, image by image.
  private func outputs(_ table: ResponseTable, _ changes: [ResponsePlan.Change]) throws -> [Double] {
    let run = try #require(table.plan.runs.firstIndex(of: changes))
    return try table.outputs.sliced(dimension: 0, from: run, to: run + 1).doubles()
  }

  /// Relative to the tensor's norm.
  private func expectClose(
    _ values: [Double], norm: Double, _ shown: [[Double]], _ what: String,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let own = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(
      abs(own - norm) < Self.tolerance * norm, "\(what): the norm \(own), not \(norm)",
      sourceLocation: location)
    try #require(shown.count == golden.shown.count)
    var difference = 0.0
    for (image, row) in zip(golden.shown, shown) {
      for (output, expected) in row.enumerated() {
        let distance = values[image * row.count + output] - expected
        difference += distance * distance
      }
    }
    #expect(
      difference.squareRoot() < Self.tolerance * norm,
      "\(what): \(difference.squareRoot()) apart, of a norm of \(norm)", sourceLocation: location)
  }

  @Test("outputs of the float network and of backgrounds")
  func backgrounds() throws {
    try #require(found.responses.count == golden.backgrounds.count)
    for (table, expected) in zip(found.responses, golden.backgrounds) {
      #expect(table.imageCount == golden.images)
      try expectClose(
        table.reference.doubles(), norm: golden.reference.norm, golden.reference.values, "the float network")
      try expectClose(
        outputs(table, []), norm: expected.base.norm, expected.base.values, expected.background)
    }
  }

  @Test("responses of layers and interactions of pairs")
  func effects() throws {
    for (table, expected) in zip(found.responses, golden.backgrounds) {
      let base = try outputs(table, [])
      for effect in expected.effects {
        let changes = try zip(effect.layers, effect.bits).map { layer, bits in
          ResponsePlan.Change(
            layer: layer,
            alternative: try #require(
              table.plan.alternatives[layer].firstIndex(of: BitChoice(weightBits: bits))))
        }
        // What is left beside the background, and for a pair beside each layer's own response.
        var values = zip(try outputs(table, changes), base).map(-)
        for change in changes where changes.count == 2 {
          let alone = try outputs(table, [change])
          for place in values.indices { values[place] -= alone[place] - base[place] }
        }
        try expectClose(
          values, norm: effect.norm, effect.values,
          "\(expected.background), layers \(effect.layers), bits \(effect.bits)")
      }
    }
  }

  @Test("scores of proxies by name and by formula")
  func scores() throws {
    let inputs = ProxyInputs(found)
    let configurations = golden.configurations.map { BitConfiguration(weightBits: $0, activationBits: 8) }
    for (text, expected) in golden.scores.sorted(by: { $0.key < $1.key }) {
      let values = try ProxyCatalog.standard.proxy(text).scores(inputs).scores(configurations)
      try #require(values.count == expected.count)
      for (value, expected) in zip(values, expected) {
        #expect(abs(value / expected - 1) < Self.tolerance, "\(text): \(value), not \(expected)")
      }
    }
  }

  @Test("every proxy of responses, distance and operation is compared with something")
  func complete() {
    for proxy in HandcraftedProxy.all where !proxy.responses.isEmpty {
      #expect(golden.scores[proxy.name] != nil, "\(proxy.name)")
    }
    let names =
      OutputDistance.all.map(\.name) + OutputOperation.all.map(\.name) + ResponseOperation.all.map(\.name)
    for name in names {
      #expect(golden.scores.keys.contains { $0.contains("\(name)(") }, "\(name)")
    }
  }
}
