import Demo
import Foundation

/// What the demo came to.
public struct DemoReport: Report {
  private enum CodingKeys: String, CodingKey { case compression, proxy, search, rankings, rows, seconds }

  private struct Search: Encodable {
    let fitness: Double
    @Nullable var validation: Double?
    @Nullable var test: Double?
  }

  private struct Ranking: Encodable {
    let network: String
    @Nullable var evolved: Double?
    let handcrafted: String
    @Nullable var handcraftedRho: Double?
    @Nullable var ceiling: Double?
  }

  private let compression: CompressionReport
  private let proxy: String
  private let search: Search
  private let rankings: [Ranking]
  private let rows: [Table.Object]
  private let seconds: Double
  private let table: Table
  private let verdicts: [String]
  private let ranks: Table
  private let folder: String

  /// Makes a report.
  public init(
    compression: CompressionReport, search found: DemoSearch,
    comparisons: [(network: String, comparison: DemoComparison)], folder: String, seconds: Double
  ) {
    self.compression = compression
    self.folder = folder
    self.seconds = seconds
    proxy = found.chosen.proxy.description
    let test = found.chosen.correlations[.test]
    search = Search(fitness: found.fitness, validation: found.chosen.correlations[.validation], test: test)
    rankings = found.rankings.map {
      Ranking(
        network: $0.network, evolved: $0.evolved, handcrafted: $0.handcrafted.name,
        handcraftedRho: $0.handcraftedRho, ceiling: $0.ceiling)
    }
    var ranks = Table(columns: [
      ("Spearman's ρ on test configurations", "network"), ("", "count"), ("evolved", "evolved"),
      ("handcrafted", "handcrafted_rho"), ("noise ceiling", "ceiling"),
    ])
    for ranking in found.rankings {
      ranks.append([
        .text(ranking.network), .integer(ranking.count), Table.Cell(ranking.evolved, decimals: 3),
        Table.Cell(ranking.handcraftedRho, decimals: 3), Table.Cell(ranking.ceiling, decimals: 3),
      ])
    }
    self.ranks = ranks
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
      format:
        "%@: evolved %@ the best of uniform, random and handcrafted (%@) by %+.2f points; one paired standard error is %.2f",
      network, outcome, verdict.best, 100 * difference.mean, 100 * difference.standardError)
  }

  /// The compression, then the search.
  public func text(width: Int?) -> String {
    """
    \(compression.text(width: width))

    The search: one formula for both networks, evolved on a few measured configurations of each; beside it, the handcrafted proxy
    that ranks the same configurations best, and the one that came out best with hindsight.
    evolved: \(proxy)

    \(ranks.rendered(width: width))

    \(table.rendered(width: width))

    \(verdicts.joined(separator: "\n"))
    files in \(folder), \(Int(seconds)) s
    """
  }
}
