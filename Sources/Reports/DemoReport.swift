import Demo
import Foundation

/// What the demo came to.
public struct DemoReport: Report {
  private enum CodingKeys: String, CodingKey { case compression, proxy, search, rows, seconds }

  private struct Search: Encodable {
    let fitness: Double
    @Nullable var validation: Double?
    @Nullable var test: Double?
  }

  private let compression: CompressionReport
  private let proxy: String
  private let search: Search
  private let rows: [Table.Object]
  private let seconds: Double
  private let table: Table
  private let verdicts: [String]
  private let searched: String
  private let folder: String

  /// Makes a report.
  ///
  /// - Parameter ceiling: what no proxy can be expected to exceed on the search's test configurations.
  public init(
    compression: CompressionReport, search found: DemoSearch, ceiling: Double?,
    comparisons: [(network: String, comparison: DemoComparison)], folder: String, seconds: Double
  ) {
    self.compression = compression
    self.folder = folder
    self.seconds = seconds
    proxy = found.chosen.proxy.description
    let test = found.chosen.correlations[.test]
    search = Search(fitness: found.fitness, validation: found.chosen.correlations[.validation], test: test)
    func text(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "not defined" }
    searched =
      "Spearman's ρ on its \(found.testCount) test configurations: \(text(test)) (noise ceiling \(text(ceiling)))"
    var table = Table(columns: [
      ("network", "network"), ("configuration", "configuration"), ("MiB", "size_mib"),
      ("G BitOps", "bitops_g"), ("top-1 % simulated", "top1_simulated"),
      ("top-1 % ONNX Runtime", "top1_onnx_runtime"),
    ])
    for (network, comparison) in comparisons {
      for row in comparison.rows {
        table.append([
          .text(network), .text(row.title), .number(row.sizeInMiB, decimals: 4),
          .number(row.bitOperations, decimals: 3), .number(100 * row.top1, decimals: 2),
          Table.Cell(row.judgedTop1.map { 100 * $0 }, decimals: 2),
        ])
      }
    }
    self.table = table
    rows = table.objects
    verdicts = comparisons.map { Self.text($0.comparison.verdict, network: $0.network) }
  }

  private static func text(_ verdict: DemoComparison.Verdict, network: String) -> String {
    let difference = verdict.difference
    let outcome =
      difference.mean > 0 ? "wins against" : difference.mean == 0 ? "equals" : "does not win against"
    return String(
      format: "%@: evolved %@ the best of the others (%@) by %+.2f points; one paired standard error is %.2f",
      network, outcome, verdict.best, 100 * difference.mean, 100 * difference.standardError)
  }

  /// The compression, then the search.
  public var text: String {
    """
    \(compression.text)

    The search: a formula evolved on a few measured configurations of fashion-resnet, unchanged on fashion-mobilenet.
    evolved: \(proxy)
    \(searched)

    \(table.rendered())

    \(verdicts.joined(separator: "\n"))
    files in \(folder), \(Int(seconds)) s
    """
  }
}
