import Allocation
import BitModel
import Foundation
import Reports

/// How chosen bits are shown.
enum AllocationReport {
  /// A row for each layer with its bits as a bar.
  static func bars(_ file: BitsFile) -> Table {
    let isMixed = Set(file.layers.map(\.activationBits)).count > 1
    var table = Table(
      columns: [("layer", "name"), ("weight bits", "weight_bits")]
        + (isMixed ? [("input bits", "activation_bits")] : []) + [("", "bar")])
    for layer in file.layers {
      table.append(
        [.text(layer.name), .integer(layer.weightBits)]
          + (isMixed ? [.integer(layer.activationBits)] : [])
          + [.text(String(repeating: "█", count: layer.weightBits))])
    }
    return table
  }

  /// What the bits take, in a line.
  static func summary(_ file: BitsFile, costs: CostModel) -> String {
    var parts = [
      String(format: "%.4f MiB", file.sizeMib),
      String(format: "%.2f bits a weight", costs.averageBits(BitConfiguration(file.layers.map(\.bits)))),
      String(format: "%.3f G BitOps", file.bitopsG),
    ]
    if let peak = file.activationsKib { parts.append(String(format: "%.1f KiB of activations", peak)) }
    if let latency = file.latencyMs { parts.append(String(format: "%.3f ms", latency)) }
    return "\(parts.joined(separator: ", ")); \(proof(file))"
  }

  /// How good the choice is known to be.
  static func proof(_ file: BitsFile) -> String {
    switch file.gap {
    case 0: "proven optimal for the proxy"
    case let gap?: String(format: "within %.3g of the proxy's best score", gap)
    case nil where file.method == Allocation.Method.measured.rawValue: "bettered by measurements"
    case nil: "found by mutation and selection, as the proxy is no sum over layers; not proven optimal"
    }
  }

  static func json(_ file: BitsFile, score: Double, costs: CostModel) -> [String: JSONValue] {
    [
      "proxy": .text(file.proxy), "budget": .text(file.budget),
      "method": file.method.map { .text($0) } ?? .null,
      "gap": file.gap.map { .number($0) } ?? .null, "score": .number(score),
      "size_mib": .number(file.sizeMib),
      "average_bits": .number(costs.averageBits(BitConfiguration(file.layers.map(\.bits)))),
      "bitops_g": .number(file.bitopsG), "activations_kib": file.activationsKib.map { .number($0) } ?? .null,
      "latency_ms": file.latencyMs.map { .number($0) } ?? .null,
      "layers": .list(
        file.layers.map {
          .object([
            "name": .text($0.name), "weight_bits": .integer($0.weightBits),
            "activation_bits": .integer($0.activationBits),
          ])
        }),
    ]
  }
}
