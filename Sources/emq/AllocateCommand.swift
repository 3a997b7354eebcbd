import Allocation
import ArgumentParser
import Foundation
import MQBench
import ONNX
import Proxies
import Quantization
import Reports
import Statistics
import Support

struct AllocateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allocate", abstract: "Choose each layer's bits within a budget, exactly.",
    discussion: """
      Example: emq allocate model.onnx --statistics s.safetensors --budget 3bits -o bits.json

      The proxy is the evolved one of Models/proxies/extended.json unless --proxy names another.
      The first and last layer keep 8 bits. JSON: output, proxy, budget, size_mib, average_bits, bitops_g,
      layers (name, weight_bits, activation_bits).
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "A handcrafted proxy's name, a formula, the folder of a search, or a proxy's .json file.")
  var proxy: String?

  @Option(help: "The network's statistics, from emq statistics or beside a benchmark.")
  var statistics: String

  @Option(help: "Which rounding's perturbation statistics are meant, where the file has several.")
  var rounding: Rounding?

  @Option(help: "The weights' size: 25% of the float size, 1.5MiB, or that of uniform 3bits.")
  var budget: String

  @Option(help: "Candidate bits of weights.")
  var bits = "2,3,4"

  @Option(help: "Bits of all activations.")
  var activationBits = 8

  @Option(name: [.short, .long], help: "The file of bits to write.")
  var output: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let budget = try Budget(parsing: budget)
    let chosen = try ChosenProxy(proxy ?? DefaultProxy.path())
    let network = try model.network(of: Model(contentsOf: model.model))
    let statistics = try NetworkStatistics(contentsOf: statistics)
    let names = network.layers.map(\.name)
    guard statistics.layerNames == names else {
      throw AllocationError("the statistics are of other layers than those of \(model.name)")
    }
    let costs = statistics.costs
    let configuration = try Self.allocate(
      scores: chosen.scores(inputs(statistics)), costs: costs, bound: budget.sizeInBits(costs),
      candidates: integerList(bits, option: "--bits"), activationBits: activationBits)
    let file = BitsFile(
      proxy: chosen.name, budget: budget.description, costs: costs, configuration: configuration)
    try file.write(to: output)
    let average = costs.averageBits(configuration.weightBits)
    switch common.format {
    case .json:
      Console.output(
        try JSONValue.object([
          "output": .text(output), "proxy": .text(file.proxy), "budget": .text(file.budget),
          "size_mib": .number(file.sizeMib), "average_bits": .number(average),
          "bitops_g": .number(file.bitopsG),
          "layers": .list(
            file.layers.map {
              .object([
                "name": .text($0.name), "weight_bits": .integer($0.weightBits),
                "activation_bits": .integer($0.activationBits),
              ])
            }),
        ]).rendered())
    case .table:
      var table = Table(columns: [("layer", "name"), ("weight bits", "weight_bits"), ("", "bar")])
      for layer in file.layers {
        table.append([
          .text(layer.name), .integer(layer.weightBits),
          .text(String(repeating: "█", count: layer.weightBits)),
        ])
      }
      Console.output(table.rendered())
      Console.output(
        String(
          format: "%.4f MiB, %.2f bits a weight, %.3f G BitOps; written to %@", file.sizeMib, average,
          file.bitopsG,
          output))
    }
  }

  private func inputs(_ statistics: NetworkStatistics) throws -> ProxyInputs {
    guard let rounding else { return ProxyInputs(statistics) }
    let tables = statistics.perturbations.map(\.rounding)
    guard let table = tables.first(where: { $0.contains("\"rounding\":\"\(rounding.rawValue)\"") }) else {
      throw AllocationError(
        "--rounding \(rounding.rawValue): the statistics have no perturbations of it; `emq statistics` with the same"
          + " --rounding adds them", kind: .usage)
    }
    return ProxyInputs(statistics, rounding: table)
  }

  /// The configuration with the highest score within a size.
  ///
  /// - Throws: `ProxyError` where a layer has no score at one of its candidates.
  static func allocate(
    scores: LayerBitScores, costs: CostModel, bound: Int, candidates: [Int], activationBits: Int
  ) throws -> BitConfiguration {
    guard scores.aggregation.isAdditive else {
      throw AllocationError(
        "the proxy's score is not a sum over layers (\(scores.aggregation.rawValue)), which exact allocation needs",
        kind: .usage)
    }
    // Checks the candidates, and knows which layers are fixed.
    let sampler = try ConfigurationSampler(
      costs: costs, candidates: candidates, activationCandidates: [activationBits], seed: 0)
    let last = costs.layers.count - 1
    let choices = costs.layers.indices.map { $0 == 0 || $0 == last ? [8] : sampler.candidates }
    let values = try choices.enumerated().map { layer, bits in
      try bits.map { bits in
        guard let score = scores.score(layer: layer, weightBits: bits, activationBits: activationBits),
          score.isFinite
        else {
          throw AllocationError("the proxy has no score of layer \(costs.layers[layer].name) at \(bits) bits")
        }
        return score
      }
    }
    let sizes = zip(choices, costs.layers).map { bits, layer in bits.map { layer.parameters * $0 } }
    let positions = try ExactAllocation.solve(values: values, sizes: sizes, bound: bound)
    return BitConfiguration(
      weightBits: zip(choices, positions).map { $0[$1] }, activationBits: activationBits)
  }
}
