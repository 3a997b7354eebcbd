import Allocation
import BitModel
import Foundation

/// Chosen bits.
public struct AllocationReport: Report {
  let proxy, budget: String
  @Nullable var method: String?
  @Nullable var gap: Double?
  @Nullable var score: Double?
  let sizeMib, averageBits: Double
  /// Without the first and last layer, which usually keep 8; null where there are no others.
  @Nullable var innerAverageBits: Double?
  let bitopsG: Double
  @Nullable var activationsKib: Double?
  @Nullable var latencyMs: Double?
  let layers: [BitsFile.Layer]
  let output: String

  /// Makes a report of what was written to a file.
  public init(_ file: BitsFile, score: Double, costs: CostModel, output: String) {
    proxy = file.proxy
    budget = file.budget
    method = file.method
    gap = file.gap
    self.score = score
    sizeMib = file.sizeMib
    let configuration = BitConfiguration(file.layers.map(\.bits))
    averageBits = costs.averageBits(configuration)
    innerAverageBits = costs.innerAverageBits(configuration)
    bitopsG = file.bitopsG
    activationsKib = file.activationsKib
    latencyMs = file.latencyMs
    layers = file.layers
    self.output = output
  }

  /// The layers' bits as bars, and what they take.
  public var text: String { "\(bars)\n\(summary); written to \(output)" }

  /// A row for each layer with its bits as a bar.
  var bars: String {
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
    return table.rendered()
  }

  /// What the bits take, in a line.
  var summary: String {
    var parts = [
      String(format: "%.4f MiB", sizeMib),
      String(format: "%.2f bits a weight", averageBits)
        + (innerAverageBits.map { String(format: " (%.2f without the outer layers)", $0) } ?? ""),
      String(format: "%.3f G BitOps", bitopsG),
    ]
    if let activationsKib { parts.append(String(format: "%.1f KiB of activations", activationsKib)) }
    if let latencyMs { parts.append(String(format: "%.3f ms", latencyMs)) }
    return "\(parts.joined(separator: ", ")); \(proof)"
  }

  /// How good the choice is known to be.
  private var proof: String {
    switch gap {
    case 0: "proven optimal for the proxy"
    case let gap?: String(format: "within %.3g of the proxy's best score", gap)
    case nil where method == Allocation.Method.measured.rawValue: "refined by measurements"
    case nil: "found by mutation and selection, as the proxy is no sum over layers; not proven optimal"
    }
  }
}
