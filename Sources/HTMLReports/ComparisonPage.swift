import Compression
import RankStatistics
import Reports

/// Bits that different proxies choose within the same budget, on a page.
public struct ComparisonPage: Sendable {
  /// The page.
  public let page: ReportPage

  /// Makes the page.
  ///
  /// - Parameter model: what the network is called.
  public init(_ report: ComparisonReport, model: String) {
    var page = ReportPage(
      title: "Comparison of proxies on \(model)",
      summary:
        "What bits that different proxies choose within the same budget come to, on \(report.images) images (\(report.origin))."
    )
    page.add(
      "Accuracy", [Self.accuracies(report).html, Self.leads(report)?.html ?? .empty])
    page.add("All numbers", [report.table.html(named: "Comparison")])
    page.add("Bits", [Self.bits(report).html])
    self.page = page
  }

  private static let kinds: [ProxyComparison.Kind] = [.proxy, .reference, .float]

  private static func group(_ entry: ProxyComparison.Entry) -> Int {
    kinds.firstIndex(of: entry.kind) ?? 0
  }

  private static func accuracies(_ report: ComparisonReport) -> Figure {
    var plot = CategoryPlot(title: "Top-1 accuracy", axis: "top-1, %", mark: .points)
    plot.groups = kinds.map(\.rawValue)
    plot.values = report.entries.map {
      CategoryPlot.Value($0.name, 100 * $0.evaluation.top1, group: group($0))
    }
    return Figure(
      plot,
      caption:
        "Each chooses bits within the budget, and the network is quantized with them. References are the largest uniform bits within the size, and the lower median of random bits of that size."
    )
  }

  /// What the first proxy has ahead of each other row; nil where there is no proxy.
  private static func leads(_ report: ComparisonReport) -> Figure? {
    guard let first = report.entries.first(where: { $0.kind == .proxy }) else { return nil }
    var plot = CategoryPlot(
      title: "Lead of \(first.name)", axis: "difference of top-1, percentage points", mark: .points)
    plot.groups = kinds.map(\.rawValue)
    plot.values = report.entries.filter { $0.name != first.name }.map { entry in
      let lead = PairedDifference(first.evaluation.correct, entry.evaluation.correct)
      let (mean, margin) = (100 * lead.mean, 196 * lead.standardError)
      return CategoryPlot.Value(
        entry.name, mean, interval: margin > 0 ? (mean - margin)...(mean + margin) : nil, group: group(entry))
    }
    plot.references = [("no difference", 0)]
    return Figure(
      plot,
      caption:
        "How much more of the same images the network is right on with the bits that \(first.name) chooses; the range is 1.96 paired standard errors to each side."
    )
  }

  private static func bits(_ report: ComparisonReport) -> Figure {
    let rows = report.entries.filter { $0.configuration != nil }
    let map = HeatMap(
      title: "Bits of layers", rows: rows.map(\.name), columns: report.costs.layers.map(\.name),
      values: rows.map { entry in
        (entry.configuration?.weightBits ?? []).map { Double($0) }
      })
    return Figure(
      title: map.title, caption: "Bits of weights, a row for each who chose and a column for each layer.",
      picture: map.svg, table: map.table(row: "bits by", column: "layer", value: "bits"))
  }
}
