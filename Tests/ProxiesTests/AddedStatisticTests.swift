import BitModel
import Foundations
import LayerStatistics
import Network
import ONNX
import Proxies
import Quantization
import Statistics
import TestSupport
import Testing
import Torch

extension StatisticsStage {
  fileprivate static let magnitude = StatisticsStage("magnitude")
}

extension Statistic {
  /// |W|, which the sources do not know.
  fileprivate static let magnitude = Statistic("weight_magnitude", latexSymbol: "|W|", stage: .magnitude)
}

extension StatisticsPass {
  fileprivate static let magnitude = StatisticsPass(stage: .magnitude, statistics: [.magnitude]) { work in
    [.magnitude: try work.network.weights.map { try $0.absolute() }]
  }

  /// A pass that leaves out layers.
  fileprivate static let forgetful = StatisticsPass(stage: .magnitude, statistics: [.magnitude]) { _ in
    [.magnitude: []]
  }
}

extension PerturbationStatistic {
  /// max |ΔW|, which the sources do not know.
  fileprivate static let greatestError = PerturbationStatistic(
    "greatest_weight_error", latexSymbol: "\\lVert\\Delta W\\rVert_\\infty", stages: [.rounding])
}

extension PerturbationPass {
  fileprivate static let greatestError = PerturbationPass(stage: .perturbations) { work in
    PerturbationValues(ofWeights: [
      .greatestError: try work.weightErrors.map { choices in
        try choices.map { try $0.absolute().applying("max").item() }
      }
    ])
  }
}

/// Statistics of one's own, from passes of one's own, in formulas.
@Suite struct AddedStatisticTests {
  private let model: Model
  private let images: Tensor
  private let labels = (0..<8).map { $0 % 5 }

  init() throws {
    model = try Model(contentsOf: TestFiles.golden("small-network.onnx"))
    var stream = RandomStream(seed: 2, purpose: "images")
    images = try Tensor((0..<576).map { _ in Float(stream.uniform() * 2 - 1) }, shape: [8, 2, 6, 6])
  }

  private func collected(_ passes: [StatisticsPass]) throws -> NetworkStatistics {
    let collector = StatisticsCollector(
      network: try Network(model), images: images, labels: labels, passes: passes)
    return try #require(
      try collector.collect(StatisticsOptions(statistics: [.weight, .magnitude], threads: 1)))
  }

  @Test func aStatisticOfOnesOwnIsAFormulasInput() throws {
    let statistics = try collected(StatisticsPass.all + [.magnitude])
    let evaluator = try ProxyEvaluator(ProxyInputs(statistics))
    let own = try evaluator.layerScores(Proxy(.statistic(.magnitude))).get()
    #expect(own.count == 5)
    #expect(try own == evaluator.layerScores(Proxy(parsing: "abs(weight)")).get())
  }

  @Test func whatNoPassComputesIsRefused() {
    #expect {
      _ = try collected(StatisticsPass.all)
    } throws: { "\($0)".contains("no pass computes the statistic weight_magnitude") }
    #expect {
      _ = try collected(StatisticsPass.all + [.forgetful])
    } throws: { "\($0)".contains("weight_magnitude of 0 of 5 layers") }
  }

  @Test func aPerturbationOfOnesOwnIsAFormulasInput() throws {
    let quantization = try PostTrainingQuantization(model, name: "small", calibration: [images], threads: 1)
    let collector = PerturbationCollector(
      quantization: quantization, images: images, labels: labels, weightBits: [2, 4], activationBits: [8],
      statistics: [.weightError], passes: PerturbationPass.all + [.greatestError])
    let table = try #require(try collector.collect(StatisticsOptions(threads: 1), calibration: "images"))
    for layer in quantization.network.layers.indices {
      for bits in [2, 4] {
        let weight = quantization.network.weights[layer]
        let rounded = try quantization.roundedWeight(layer: layer, bits: bits)
        let expected = try rounded.subtracting(weight).absolute().applying("max").item()
        #expect(table.value(.greatestError, layer: layer, bits: bits) == expected)
      }
    }
    let statistics = NetworkStatistics(
      costs: quantization.network.costs, tensors: [:], perturbations: [table])
    let grid = BitGrid(
      choices: quantization.network.layers.map { _ in [2, 4].map { BitChoice(weightBits: $0) } })
    let evaluator = try ProxyEvaluator(ProxyInputs(statistics), grid: grid)
    let scores = try evaluator.scores(Proxy(.input(.perturbation(.greatestError)))).get()
    guard case .choices(let values) = scores else {
      Issue.record("the scores do not depend on bits")
      return
    }
    #expect(values.count == 10 && values.allSatisfy { $0 > 0 })
  }

  @Test("names and symbols are no one else's", arguments: Statistic.allCases)
  func names(statistic: Statistic) {
    #expect(Statistic.allCases.count { $0.rawValue == statistic.rawValue } == 1)
    #expect(Statistic.allCases.count { $0.latexSymbol == statistic.latexSymbol } == 1)
    #expect(Statistic(rawValue: statistic.rawValue) == statistic)
    #expect(StatisticsPass.all.count { $0.statistics.contains(statistic) } == 1)
    #expect(StatisticsPass.all.contains { $0.stage == statistic.stage && $0.statistics.contains(statistic) })
  }
}
