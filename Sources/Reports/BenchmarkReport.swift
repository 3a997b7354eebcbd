import Benchmarks
import Foundation

/// A benchmark's measurements and their noise ceilings.
public struct BenchmarkReport: Report {
  private enum CodingKeys: String, CodingKey {
    case configurations, images, floatTop1, top1, noiseCeilings, uniform, rows
  }

  private struct Range: Encodable {
    let least, median, greatest: Double
  }

  private struct Row: Encodable {
    let configuration: String
    let averageBits, top1, loss, kl, agreement: Double
  }

  private let configurations, images: Int
  private let floatTop1: Double
  private let top1: Range
  private let noiseCeilings: [String: CeilingReport?]
  private let uniform, rows: [Row]
  /// What the benchmark holds.
  public let file: BenchmarkFile
  /// The rows that proxies are ranked on.
  public let drawn: [BenchmarkRow]
  /// Whether outputs are classes, which can be right.
  public let hasClasses: Bool
  /// The noise ceiling of each measure; nil where it is not defined.
  public let ceilings: [(measure: Measure, ceiling: NoiseCeiling?)]
  private let shown: Measure

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - path: the file's, for messages.
  ///   - measure: what is shown to people.
  /// - Throws: `BenchmarkError` where there are no rows yet.
  public init(_ file: BenchmarkFile, path: String, showing measure: Measure, seed: UInt64) throws {
    let drawn = file.rows.filter { $0.role == .drawn }
    guard !drawn.isEmpty else {
      throw BenchmarkError("\(path): has no rows yet; building the benchmark adds them")
    }
    func rows(_ rows: [BenchmarkRow]) -> [Row] {
      rows.map {
        Row(
          configuration: $0.configuration.description,
          averageBits: file.description.costs.averageBits($0.configuration), top1: $0.top1, loss: $0.loss,
          kl: $0.divergence, agreement: $0.agreement)
      }
    }
    let imageCount = file.description.evaluation.count
    ceilings = Measure.allCases.map {
      ($0, NoiseCeiling($0, rows: drawn, imageCount: imageCount, seed: seed))
    }
    noiseCeilings = Dictionary(
      uniqueKeysWithValues: ceilings.map { ($0.measure.rawValue, $0.ceiling.map(CeilingReport.init)) })
    let sorted = drawn.map(\.top1).sorted()
    top1 = Range(
      least: sorted[0], median: sorted[sorted.count / 2], greatest: sorted[sorted.count - 1])
    configurations = drawn.count
    images = imageCount
    floatTop1 = file.description.floatTop1
    uniform = rows(file.rows.filter { $0.role == .uniform })
    self.rows = rows(drawn)
    self.file = file
    self.drawn = drawn
    // Outputs that are values have no classes that could be right.
    hasClasses = floatTop1 > 0 || drawn.contains { $0.top1 > 0 }
    shown = measure == .top1 && !hasClasses ? .kl : measure
  }

  /// Which measures proxies can be ranked by.
  public var advice: String {
    let reliable = ceilings.filter { ($0.ceiling?.all ?? 0) >= 0.95 }.map(\.measure.rawValue)
    return reliable.isEmpty
      ? "no measure has a ceiling of 0.95 or more; more images would raise them"
      : "measures to rank by (ceiling 0.95 or more): \(reliable.joined(separator: ", "))"
  }

  private var scale: Double { shown.isShare ? 100 : 1 }
  private var decimals: Int { shown.isShare ? 1 : 3 }
  private var values: [Double] { drawn.map { scale * shown.value($0) } }

  /// How it was measured, a histogram, tables and a summary.
  public func text(width: Int?) -> String {
    """
    \(file.description.protocolText(drawn: drawn.count))

    \(shown.rawValue)\(shown.isShare ? ", %" : hasClasses ? ", nats" : ""), of the drawn configurations

    \(Histogram(values).rendered(decimals: decimals, width: width))

    \(byAverageBits.rendered(width: width))

    \(ceilingTable.rendered(width: width))
    \(advice)

    \(summary)
    """
  }

  private var byAverageBits: Table {
    let bits = drawn.map { file.description.costs.averageBits($0.configuration) }
    var table = Table(columns: [
      ("average bits", "bits"), ("configurations", "count"), ("least", "least"), ("mean", "mean"),
      ("greatest", "greatest"),
    ])
    let (low, high) = (bits.min() ?? 0, bits.max() ?? 0)
    let bins = 6
    for bin in 0..<bins {
      let width = (high - low) / Double(bins)
      let (start, end) = (low + Double(bin) * width, low + Double(bin + 1) * width)
      let inside = zip(bits, values).filter { $0.0 >= start && ($0.0 < end || bin == bins - 1) }.map(\.1)
      guard let least = inside.min(), let greatest = inside.max() else { continue }
      table.append([
        .text(String(format: "%.2f – %.2f", start, end)), .integer(inside.count),
        .number(least, decimals: decimals),
        .number(inside.reduce(0, +) / Double(inside.count), decimals: decimals),
        .number(greatest, decimals: decimals),
      ])
    }
    return table
  }

  /// The noise ceilings, a row a measure.
  public var ceilingTable: Table {
    var table = Table(columns: [
      ("noise ceiling of", "measure"), ("ρ@100%", "rho_100"), ("ρ@50%", "rho_50"), ("ρ@20%", "rho_20"),
    ])
    for (measure, ceiling) in ceilings {
      table.append(
        [.text(measure.rawValue)]
          + [ceiling?.all, ceiling?.half, ceiling?.fifth].map { Table.Cell($0, decimals: 3) })
    }
    return table
  }

  private var summary: String {
    let sorted = values.sorted()
    var line = hasClasses ? "float top-1 \(String(format: "%.2f", 100 * floatTop1)) %; " : ""
    line += String(format: "median %.\(decimals + 1)f", sorted[sorted.count / 2])
    for row in file.rows where row.role == .uniform && row.configuration.count > 2 {
      line += String(
        format: "; uniform %d bits %.\(decimals + 1)f", row.configuration[1].weightBits,
        scale * shown.value(row))
    }
    return line
  }
}

/// The noise ceilings of a measure.
struct CeilingReport: Encodable {
  private enum CodingKeys: String, CodingKey {
    case all = "rho_100"
    case half = "rho_50"
    case fifth = "rho_20"
  }

  let all: Double
  @Nullable var half: Double?
  @Nullable var fifth: Double?

  init(_ ceiling: NoiseCeiling) {
    all = ceiling.all
    half = ceiling.half
    fifth = ceiling.fifth
  }
}
