import BitModel
import Compression
import Foundations
import RankStatistics

/// Bits that different proxies choose within the same budget, measured.
public struct ComparisonReport: Report {
  private enum CodingKeys: String, CodingKey { case rows, images, seconds }

  /// A row each.
  public let table: Table
  private let rows: [Table.Object]
  /// Who chose, and what was measured.
  public let entries: [ProxyComparison.Entry]
  /// The layers.
  public let costs: CostModel
  /// Images that accuracies are of.
  public let images: Int
  /// Where these are from.
  public let origin: String
  private let seconds: Double
  private let unit: ExampleUnit

  /// Makes a report; leads are those of the first proxy.
  public init(
    _ entries: [ProxyComparison.Entry], costs: CostModel, images: Int, unit: ExampleUnit, origin: String,
    seconds: Double
  ) {
    var table = Table(columns: [
      ("bits by", "name"), ("", "kind"), ("MiB", "size_mib"), ("G BitOps", "bitops_g"), ("top-1 %", "top1"),
      ("as float, %", "agreement"),
      ("first proxy's lead", "difference"), ("± se", "standard_error"), ("bits of layers", "configuration"),
    ])
    let first = entries.first { $0.kind == .proxy }?.evaluation
    let float = entries.first { $0.kind == .float }?.evaluation
    for entry in entries {
      let configuration = entry.configuration ?? .float(count: costs.layers.count)
      let lead = first.map { PairedDifference($0.exampleShares, entry.evaluation.exampleShares) }
      table.append([
        .text(entry.name), .text(entry.kind.rawValue), .number(costs.sizeInMiB(configuration), decimals: 4),
        .number(costs.bitOperations(configuration), decimals: 3),
        .number(100 * entry.evaluation.top1, decimals: 2),
        Table.Cell(float.map { 100 * entry.evaluation.agreement(with: $0) }, decimals: 2),
        Table.Cell(lead.map { 100 * $0.mean }, decimals: 2),
        Table.Cell(lead.map { 100 * $0.standardError }, decimals: 2),
        .text(entry.configuration?.weightBits.map(String.init).joined(separator: ",") ?? ""),
      ])
    }
    self.table = table
    self.entries = entries
    self.costs = costs
    rows = table.objects
    self.images = images
    self.origin = origin
    self.unit = unit
    self.seconds = seconds
  }

  /// The table.
  public func text(width: Int?) -> String {
    "\(table.rendered(width: width))\n\(unit.counted(images)) (\(origin)); \(Int(seconds)) s"
  }
}
