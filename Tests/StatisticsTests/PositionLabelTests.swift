import BitModel
import Foundations
import LayerStatistics
import Network
import Quantization
import Statistics
import TestSupport
import Testing
import Torch

/// Classes of tokens and pixels beside PyTorch's in float64.
@Suite("Classes of positions")
struct PositionLabelTests {
  private let golden: [String: PositionLabels]

  init() throws { golden = try PositionLabels.all() }

  private func loaded(
    _ name: String, isRounded: Bool = false, endsInSoftmax: Bool = false
  ) throws -> (PositionLabels, Network, Inputs) {
    let values = try #require(golden[name])
    let network = try Network(
      values.model(isRounded: isRounded, endsInSoftmax: endsInSoftmax),
      options: NetworkOptions(
        inputShapes: InputShapes(Array(values.inputShape.dropFirst())), labelShape: values.positionShape))
    let tensor =
      try network.inputs[0].elementType.isFloatingPoint
      ? Tensor(values.inputs.map { Float($0) }, shape: values.inputShape)
      : Tensor(values.inputs.map { Int64($0) }, shape: values.inputShape)
    return (values, network, try Inputs(tensor).ignoring(values.labels))
  }

  @Test("top-1 and cross-entropy are those of the positions that count", arguments: ["tagger", "segmenter"])
  func evaluation(name: String) throws {
    for endsInSoftmax in [false, true] {
      let (values, network, inputs) = try loaded(name, endsInSoftmax: endsInSoftmax)
      #expect(
        network.hasPositions && network.classCount == 3 && network.positionShape == values.positionShape)
      #expect((network.outputKind == .probabilities) == endsInSoftmax)
      let logits = try network.logits(inputs.countingAll)
      #expect(try relativeDifference(logits.doubles(), values.logits) < 1e-5)
      for outputs in [logits, try network.logits(inputs)] {
        let found = try Evaluation(logits: [outputs], labels: values.labels, classCount: 3)
        #expect(abs(found.top1 - values.top1) < 1e-9)
        #expect(abs(found.loss - values.loss) < 1e-5)
        let shares = found.exampleShares
        #expect(abs(shares.reduce(0, +) / Double(shares.count) - values.top1) < 1e-9)
        #expect(found.agreement(with: found) == 1)
      }
      #expect(throws: NetworkError.self) {
        try Evaluation(logits: [logits], labels: Array(values.labels.dropLast()), classCount: 3)
      }
    }
  }

  @Test(
    "gradients and squared gradients of examples are those of the positions that count",
    arguments: ["tagger", "segmenter"])
  func gradients(name: String) throws {
    let (values, network, inputs) = try loaded(name)
    let found = try #require(
      try StatisticsCollector(network: network, inputs: inputs, labels: values.labels).collect(
        StatisticsOptions(statistics: [.gradient, .fisher])))
    for layer in network.layers.indices {
      let gradient = try #require(found.tensor(.gradient, layer: layer))
      #expect(relativeDifference(try gradient.doubles(), values.gradients[layer]) < 1e-4)
      let fisher = try #require(found.tensor(.fisher, layer: layer))
      #expect(relativeDifference(try fisher.doubles(), values.fisher[layer]) < 1e-4)
    }
  }

  @Test("random factors and second derivatives agree on the Hessian's trace")
  func trace() throws {
    let (values, network, inputs) = try loaded("segmenter")
    func traces(_ statistic: Statistic, _ options: StatisticsOptions) throws -> [Double] {
      let found = try #require(
        try StatisticsCollector(network: network, inputs: inputs, labels: values.labels).collect(options))
      return try network.layers.indices.map { try #require(found.tensor(statistic, layer: $0)).sum().item() }
    }
    let (probes, factors) = try (
      traces(.hessianTrace, StatisticsOptions(statistics: [.hessianTrace], probes: 1024)),
      traces(.gaussNewton, StatisticsOptions(statistics: [.gaussNewton], factorColumns: 1024))
    )
    for (probe, factor) in zip(probes, factors) {
      #expect(abs(probe / factor - 1) < 0.1, "\(probe) \(factor)")
    }
  }

  @Test("divergences are means over the positions that count", arguments: ["tagger", "segmenter"])
  func divergences(name: String) throws {
    let (values, network, inputs) = try loaded(name)
    let (_, rounded, _) = try loaded(name, isRounded: true)
    let reference = try network.logits(inputs)
    let found = try OutputComparison(network, references: []).divergences(
      of: rounded.logits(inputs), from: reference
    ).doubles()
    #expect(relativeDifference(found, values.divergences) < 1e-4)
  }

  @Test("an output's shape says which dimension counts classes; labels do where it could be another")
  func classAxis() throws {
    let values = try #require(golden["segmenter"])
    func network(_ shape: [Int]?, _ task: Objective? = nil) throws -> Network {
      try Network(
        values.model(),
        options: NetworkOptions(
          inputShapes: [2, 5, 6], objective: task, labelShape: shape))
    }
    #expect(try network(nil).objective == .values)
    #expect(try network(nil, .classes).classAxis == 1)
    #expect(try network([5, 6]).classAxis == 1)
    #expect(try network([3, 5]).classAxis == 3 && network([3, 5]).classCount == 6)
    #expect(try network([4, 5]).objective == .values)
    #expect(throws: NetworkError.self) { try network([4, 5], .classes) }
  }

  @Test("what responses keep of positions is as far apart as their classes diverge, to second order")
  func responses() throws {
    let (values, network, inputs) = try loaded("segmenter")
    let quantization = try PostTrainingQuantization(
      values.model(), name: "segmenter", network: network.options, calibration: [inputs], threads: 2)
    let plan = try ResponsePlan(
      costs: network.costs, choices: network.layers.map { _ in [5, 8].map { BitChoice(weightBits: $0) } },
      background: .uniform(5), window: 0)
    let table = try ResponseCollector(quantization: quantization, inputs: inputs, plan: plan)
      .collect(calibration: "c", context: WorkContext(threads: 2))
    #expect(table.kind == .values)
    let background = try table.outputs.sliced(dimension: 0, from: 0, to: 1).reshaped(table.reference.shape)
    let error = try background.subtracting(table.reference).squared().mean().item()
    let quantized = try quantization.quantized(
      BitConfiguration(repeating: BitChoice(weightBits: 5), count: network.layers.count), threads: 2)
    let exact = try OutputComparison(network, references: []).divergences(
      of: quantized.network.logits(inputs), from: network.logits(inputs)
    ).mean().item()
    #expect(abs(error / exact - 1) < 0.5, "\(error) \(exact)")
  }
}
