import Allocation
import BitModel
import Foundation

/// Chosen bits.
public struct AllocationReport: Report {
  private enum CodingKeys: String, CodingKey {
    case proxy, budget, method, gap, score, averageBits, innerAverageBits, layers, output
  }

  private struct ResourceKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  let proxy, budget: String
  @Nullable var method: String?
  @Nullable var gap: Double?
  @Nullable var score: Double?
  let averageBits: Double
  /// Without the first and last layer, which usually keep 8; null where there are no others.
  @Nullable var innerAverageBits: Double?
  /// What the bits take of each resource, in the unit of its display; nil where it is not known.
  let amounts: [(display: Resource.Display, amount: Double?)]
  let layers: [BitsFile.Layer]
  let output: String

  /// Makes a report of what was written to a file.
  public init(_ file: BitsFile, score: Double, costs: CostModel, output: String) {
    proxy = file.proxy
    budget = file.budget
    method = file.method
    gap = file.gap
    self.score = score
    let configuration = BitConfiguration(file.layers.map(\.bits))
    averageBits = costs.averageBits(configuration)
    innerAverageBits = costs.innerAverageBits(configuration)
    amounts = Resource.registered.map { ($0.display, file.amount(of: $0)) }
    layers = file.layers
    self.output = output
  }

  /// Writes one object, with a key for each resource.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(proxy, forKey: .proxy)
    try container.encode(budget, forKey: .budget)
    try container.encode(_method, forKey: .method)
    try container.encode(_gap, forKey: .gap)
    try container.encode(_score, forKey: .score)
    try container.encode(averageBits, forKey: .averageBits)
    try container.encode(_innerAverageBits, forKey: .innerAverageBits)
    try container.encode(layers, forKey: .layers)
    try container.encode(output, forKey: .output)
    var ofResources = encoder.container(keyedBy: ResourceKey.self)
    for (display, amount) in amounts {
      try ofResources.encode(Nullable(wrappedValue: amount), forKey: ResourceKey(stringValue: display.key))
    }
  }

  /// The layers' bits as bars, and what they take.
  public func text(width: Int?) -> String { "\(bars(width: width))\n\(summary); written to \(output)" }

  /// A row for each layer with its bits as a bar.
  func bars(width: Int?) -> String {
    let isMixed = Set(layers.map(\.activationBits)).count > 1
    var table = Table(
      columns: [("layer", "name"), ("weight bits", "weight_bits")]
        + (isMixed ? [("input bits", "activation_bits")] : []) + [("", "bar")])
    for layer in layers {
      table.append(
        [.text(layer.name), .integer(layer.weightBits)]
          + (isMixed ? [.integer(layer.activationBits)] : [])
          + [.text(String(repeating: "█", count: layer.weightBits))])
    }
    return table.rendered(width: width)
  }

  /// What the bits take, in a line.
  var summary: String {
    var parts = amounts.compactMap { display, amount in
      amount.map { String(format: "%.\(display.decimals)f ", $0) + display.label }
    }
    let inner = innerAverageBits.map { String(format: " (%.2f without the outer layers)", $0) } ?? ""
    parts.insert(String(format: "%.2f bits a weight", averageBits) + inner, at: min(1, parts.count))
    return "\(parts.joined(separator: ", ")); \(proof)"
  }

  /// How good the choice is known to be.
  private var proof: String {
    switch gap {
    case 0 where method == Allocation.Method.exhaustive.rawValue:
      "the best of all configurations for the proxy"
    case 0: "proven optimal for the proxy"
    case let gap?: String(format: "within %.3g of the proxy's best score", gap)
    case nil where method == Allocation.Method.measured.rawValue: "refined by measurements"
    case nil: "found by climbing from several starts, as the proxy is no sum over layers; not proven optimal"
    }
  }
}
