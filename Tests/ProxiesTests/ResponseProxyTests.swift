import BitModel
import Foundation
import Foundations
import LayerStatistics
import Proxies
import Testing
import Torch

@Suite("Proxies of responses")
struct ResponseProxyTests {
  private static let costs = CostModel(
    layers: (0..<5).map { LayerCost(name: "layer \($0)", parameters: 10, macs: 100) })
  private static let bits = [2, 3, 4]

  /// Outputs that are exactly those of layers and pairs that add up, so that the superposition with all interactions
  /// predicts any configuration without error.
  private func table(window: Int? = nil, background: ResponseBackground = .uniform(3)) throws -> ResponseTable
  {
    let choices = (0..<5).map { layer in
      layer == 0 || layer == 4 ? [BitChoice(weightBits: 8)] : Self.bits.map { BitChoice(weightBits: $0) }
    }
    let plan = try ResponsePlan(
      costs: Self.costs, choices: choices, background: background, window: window)
    let base = BitConfiguration(plan.base.map { $0 ?? BitChoice(weightBits: 8) })
    let all = plan.runs.flatMap { run in
      var configuration = base
      for change in run { configuration[change.layer] = plan.alternatives[change.layer][change.alternative] }
      return outputs(configuration)
    }
    return ResponseTable(
      rounding: #"{"rounding":"nearest"}"#, calibration: "", plan: plan,
      reference: try Tensor(reference.map(Float.init), shape: [4, 3]),
      outputs: try Tensor(all.map(Float.init), shape: [plan.runCount, 4, 3]))
  }

  private var reference: [Double] { (0..<12).map { sin(Double($0) * 1.7) * 2 } }

  private func outputs(_ configuration: BitConfiguration) -> [Double] {
    let bits = configuration.weightBits.map { 8 - Double($0) }
    return (0..<12).map { place in
      var value = reference[place]
      for layer in 0..<5 { value += 0.1 * bits[layer] * cos(Double(place * 5 + layer)) }
      for layer in 0..<5 {
        for other in layer + 1..<5 {
          value += 0.02 * bits[layer] * bits[other] * sin(Double(place * 25 + layer * 5 + other))
        }
      }
      return value
    }
  }

  private func inputs(_ tables: [ResponseTable]) -> ProxyInputs {
    ProxyInputs(NetworkStatistics(costs: Self.costs, tensors: [:], responses: tables))
  }

  private let configurations = [[8, 2, 4, 3, 8], [8, 4, 4, 2, 8], [8, 2, 2, 2, 8], [8, 3, 3, 3, 8]].map {
    BitConfiguration(weightBits: $0, activationBits: 8)
  }

  /// −KL of the softmax, summed by hand.
  private func divergence(_ outputs: [Double]) -> Double {
    func probabilities(_ values: ArraySlice<Double>) -> [Double] {
      let sum = values.reduce(0) { $0 + exp($1) }
      return values.map { exp($0) / sum }
    }
    return (0..<4).reduce(0) { total, image in
      let (p, q) = (
        probabilities(reference[image * 3..<image * 3 + 3]), probabilities(outputs[image * 3..<image * 3 + 3])
      )
      return total - zip(p, q).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) } / 4
    }
  }

  @Test("all interactions predict outputs of pairs exactly, and half of them lie between")
  func superposition() throws {
    let inputs = try inputs([table()])
    func scores(_ text: String) throws -> [Double] {
      try ProxyCatalog.standard.proxy(text).scores(inputs).scores(configurations)
    }
    let all = try scores("output_divergence(superposed(response, 1))")
    for (configuration, score) in zip(configurations, all) {
      #expect(abs(score - divergence(outputs(configuration))) < 1e-6)
    }
    let none = try scores("superposed_divergence")
    #expect(none[3] == all[3] && none[0] != all[0])
    #expect(try scores("interaction_divergence") == scores("output_divergence(superposed(response, 0.5))"))
    // Of neighbours alone, other outputs are predicted than of all pairs.
    #expect(try scores("output_divergence(superposed(response, 1, 1))")[2] != all[2])
  }

  @Test("a quadratic form is exact for one layer and for two")
  func pairwise() throws {
    let table = try table()
    let scores = try HandcraftedProxy.pairwiseDivergence.scores(inputs([table]))
    for weightBits in [[8, 2, 3, 3, 8], [8, 2, 3, 4, 8], [8, 3, 3, 3, 8]] {
      let configuration = BitConfiguration(weightBits: weightBits, activationBits: 8)
      let score = try #require(scores.score(configuration))
      #expect(abs(score - divergence(outputs(configuration))) < 1e-6)
    }
  }

  @Test("means of responses add or cancel, their spread adds")
  func coherent() throws {
    let table = try table(window: 0, background: .float)
    let score = try #require(
      HandcraftedProxy.coherentResponse.scores(inputs([table])).score(configurations[0]))
    // Of each layer's change [images, outputs]: the mean over images, and the variance around it.
    var (means, variance) = ([0.0, 0, 0], 0.0)
    let base = try table.outputs.converted(to: .float64).doubles()
    for (index, run) in table.plan.runs.enumerated() where run.count == 1 {
      let choice = table.plan.alternatives[run[0].layer][run[0].alternative]
      guard choice == configurations[0][run[0].layer] else { continue }
      for output in 0..<3 {
        let changes: [Double] = (0..<4).map { image in
          let place = image * 3 + output
          return base[index * 12 + place] - base[place]
        }
        let mean = changes.reduce(0, +) / 4
        means[output] += mean
        variance += changes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
      }
    }
    let start: [Double] = (0..<3).map { output in
      let changes: [Double] = (0..<4).map { image in
        let place = image * 3 + output
        return base[place] - reference[place]
      }
      return changes.reduce(0, +) / 4
    }
    let total = zip(means, start).reduce(0) { $0 + ($1.0 + $1.1) * ($1.0 + $1.1) }
    #expect(abs(score + (total + variance).squareRoot()) < 1e-5)
  }

  @Test(
    "text forms parse back",
    arguments: [
      "output_divergence(superposed(response))", "cosine_distance(superposed(float_response, 0.5), 0.5)",
      "output_divergence(temper(superposed(center(response), 0.75, 3), 2), 0.7)",
      "disagreement(probabilities(standardize(superposed(clip(signed_root(response), 0.25), -1))))",
      "margin_lost(superposed(scaled(response, 1.5)))",
      "shrunk(output_divergence(superposed(response, 0.5), 0.5), 0.25)",
    ])
  func texts(_ text: String) throws {
    let proxy = try ResponseProxy(parsing: text)
    #expect(proxy.description == text)
    #expect(try ResponseProxy(parsing: "  " + text.replacing(",", with: " , ")) == proxy)
    #expect(try ProxyCatalog.standard.proxy(text).name == text)
    let scores = try proxy.scores(inputs([table(), table(background: .float)])).scores(configurations)
    #expect(scores.allSatisfy(\.isFinite) && Set(scores).count > 1)
  }

  @Test(
    "what is wrong in a text is told with its place",
    arguments: [
      ("output_divergence(response)", "superposed"), ("output_divergence(superposed(weight))", "response"),
      ("output_divergence(superposed(response, x))", "number"),
      ("output_divergence(superposed(response)", "')'"),
      ("output_divergence(superposed(response, 1, 0))", "number from 1"),
      ("output_divergence(superposed(clip(response)))", "','"),
      ("disagreement(superposed(response)) x", "the end"),
    ])
  func faults(_ text: String, _ expected: String) {
    let error = #expect(throws: ProxyError.self) { try ResponseProxy(parsing: text) }
    #expect(error?.description.contains(expected) == true && error?.description.contains("position") == true)
  }

  @Test(
    "repeated operations become one where one does the same",
    arguments: [
      (
        "output_divergence(temper(temper(superposed(center(center(response))), 2), 4))",
        "output_divergence(temper(superposed(center(response)), 8))"
      ),
      (
        "cosine_distance(superposed(clip(clip(response, 3), 0.5)))",
        "cosine_distance(superposed(clip(response, 0.5)))"
      ),
      (
        "cosine_distance(probabilities(probabilities(superposed(signed_root(signed_root(response))))))",
        "cosine_distance(probabilities(probabilities(superposed(signed_root(signed_root(response))))))"
      ),
      (
        "output_divergence(temper(temper(superposed(response), 50), 50))",
        "output_divergence(temper(temper(superposed(response), 50), 50))"
      ),
    ])
  func repeated(text: String, expected: String) throws {
    let proxy = try ResponseProxy(parsing: text)
    #expect(proxy.description == expected)
    #expect(try ResponseProxy(parsing: proxy.description) == proxy)
  }

  @Test("responses that were not computed are named")
  func missing() throws {
    let proxy = try ResponseProxy(parsing: "output_divergence(superposed(response, 0.5))")
    for (tables, word) in [
      ([], "not computed"), ([try table(background: .float)], "uniform"),
    ] as [([ResponseTable], String)] {
      let error = #expect(throws: ProxyError.self) { try proxy.scores(inputs(tables)) }
      #expect(error?.description.contains(word) == true)
    }
    // Interactions that were not computed count as nothing.
    let simple = try proxy.scores(inputs([table(window: 0)])).scores(configurations)
    #expect(
      try simple == HandcraftedProxy.superposedDivergence.scores(inputs([table()])).scores(configurations))
    let scores = try proxy.scores(inputs([table()]))
    let other = BitConfiguration(weightBits: [8, 5, 3, 3, 8], activationBits: 8)
    let error = #expect(throws: ProxyError.self) { try scores.scores([other]) }
    #expect(error?.description.contains("layer 2") == true && scores.score(other) == nil)
  }

  @Test("the default has a formula for the rounding of the statistics")
  func defaults() throws {
    let proxy = try ProxyCatalog.standard.proxy("default")
    #expect(proxy.name == "default" && proxy.kind == .response && !proxy.responses.isEmpty)
    for (rounding, shipped) in [("nearest", ShippedProxy.responseNearest), ("gptq", .response)] {
      let table = try table()
      let named = ResponseTable(
        rounding: #"{"rounding":"\#(rounding)"}"#, calibration: "", plan: table.plan,
        reference: table.reference,
        outputs: table.outputs)
      let scores = try proxy.scores(inputs([named])).scores(configurations)
      #expect(try scores == shipped.proxy().scores(inputs([named])).scores(configurations))
    }
    #expect(try ShippedProxy.responseNearest.proxy().name != ShippedProxy.response.proxy().name)
  }
}
