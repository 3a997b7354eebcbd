import BitModel
import LayerStatistics
import Proxies
import Testing
import Torch

/// Scores of rounding layers' inputs, apart from those of rounding weights and added to them.
@Suite struct InputBitScoresTests {
  private let bits: [Set<Int>] = [[8], [4, 8]]

  private func inputs(withInputs: Bool = true) -> ProxyInputs {
    let table = PerturbationTable(
      rounding: #"{"rounding":"nearest"}"#, calibration: "c", weightBits: [2, 4], activationBits: [4, 8],
      values: [.divergence: [[8, 4], [6, 2]], .weightError: [[1, 2], [3, 4]]],
      inputValues: withInputs ? [.divergence: [[0.5, 0.25], [1, 0.125]]] : nil)
    let costs = ["a", "b"].map { LayerCost(name: $0, parameters: 1, macs: 1) }
    return ProxyInputs(
      NetworkStatistics(costs: CostModel(layers: costs), tensors: [:], perturbations: [table]))
  }

  @Test(arguments: ["divergence", "layer_sum(divergence)"])
  func scoresOfInputsAreAddedWhereTheyAreChosen(_ text: String) throws {
    let proxy = try ProxyCatalog.standard.proxy(text)
    let ofInputs = try proxy.inputScores(inputs())
    #expect(ofInputs.score(layer: 0, activationBits: 4) == -0.5)
    #expect(ofInputs.score(layer: 1, activationBits: 8) == -0.125)
    #expect(ofInputs.score(layer: 1, activationBits: 2) == nil)
    #expect(ofInputs.score(layer: 2, activationBits: 4) == nil)
    let chosen = try #require(
      try proxy.scores(inputs(), choosingActivationBits: bits) as? LayerBitScores)
    #expect(chosen.score(layer: 0, weightBits: 2, activationBits: 4) == -8.5)
    #expect(chosen.score(layer: 1, weightBits: 4, activationBits: 8) == -2.125)
    let given = try #require(
      try proxy.scores(inputs(), choosingActivationBits: [[8], [8]]) as? LayerBitScores)
    #expect(given.score(layer: 1, weightBits: 4, activationBits: 8) == -2)
  }

  @Test func whatIsNotSeenIsNotChosen() throws {
    let proxy = try ProxyCatalog.standard.proxy("weight_error")
    #expect(proxy.seesChoices(ofActivationBits: [[4], [8]]))
    #expect(!proxy.seesChoices(ofActivationBits: bits))
    let error = #expect(throws: ProxyError.self) {
      try proxy.scores(inputs(), choosingActivationBits: bits)
    }
    #expect(error?.description.contains("weight_error does not see bits of layers' inputs") == true)
    #expect(
      try ProxyCatalog.standard.proxy("add(divergence, activation_error)").seesChoices(ofActivationBits: bits)
    )
  }

  @Test func statisticsWithoutInputsAreTold() throws {
    let proxy = try ProxyCatalog.standard.proxy("divergence")
    let error = #expect(throws: ProxyError.self) {
      try proxy.scores(inputs(withInputs: false), choosingActivationBits: bits)
    }
    #expect(error?.description.contains("do not say what rounding layers' inputs does") == true)
    #expect(error?.kind == .data)
  }

  @Test func scoresOfOtherLayersAreNotAdded() throws {
    let weights = LayerBitScores(coefficients: [1, 2])
    let added = try weights.adding(InputBitScores(layerCount: 2) { layer, bits in Double(layer * bits) })
    #expect(added.score(layer: 1, weightBits: 3, activationBits: 4) == 10)
    for other in [
      InputBitScores(layerCount: 3) { _, _ in 0 },
      InputBitScores(layerCount: 2, aggregation: .maximum) { _, _ in 0 },
    ] {
      let error = #expect(throws: ProxyError.self) { try weights.adding(other) }
      #expect(error?.description.contains("cannot be added") == true)
    }
  }

  @Test func listsThatAreTooShortAreRefused() throws {
    let error = #expect(throws: ProxyError.self) {
      try LayerBitScores(bits: [2, 4], scores: [[1, 2], [3]])
    }
    #expect(error?.description == "layer 2 has 1 scores for 2 numbers of bits")
    let proxy = HandcraftedProxy.bitWeighted("short", "1", source: "–") { _ in [1] }
    let short = #expect(throws: ProxyError.self) { try proxy.scores(inputs()) }
    #expect(short?.description == "the proxy short gives scores of 1 layers; the statistics are of 2")
    var statistics = inputs().statistics
    statistics = NetworkStatistics(
      costs: statistics.costs, tensors: [.weight: [try Tensor([1.0], shape: [1])]])
    let lacking = #expect(throws: ProxyError.self) {
      try ProxyInputs(statistics).innerProducts(.weight, .weight)
    }
    #expect(lacking?.description == "the statistic weight has 1 tensors for the 2 layers")
  }
}
