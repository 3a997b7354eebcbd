import RankStatistics
import Reports
import Studies

/// A ranking of proxies on a page: correlations with intervals against ceilings, and scores against what was measured.
public struct RankingPage: Sendable {
  /// The page.
  public let page: ReportPage

  /// Makes the page.
  public init(_ report: RankingReport) {
    let names = report.rankings.map(\.ranking.benchmark.name)
    var page = ReportPage(
      title: "Ranking of proxies on \(names.count == 1 ? names[0] : "\(names.count) benchmarks")",
      summary: "How well scores rank bit configurations as measurements do: \(names.joined(separator: ", "))."
    )
    if let summary = report.summary {
      page.add("All benchmarks", [summary.html(named: "Correlations on all benchmarks")])
    }
    for (ranking, rows) in report.rankings {
      let figures = RankingFigures(ranking, rows, share: 1 / Double(report.rankings.count))
      page.add(
        ranking.benchmark.name,
        [
          HTML("p", [:], ranking.caption + "."), figures.correlations.html,
          HTML("h3", [:], "All metrics"),
          report.table(rows).html(named: "Metrics on \(ranking.benchmark.name)"), figures.distribution.html,
          figures.scores,
        ])
    }
    self.page = page
  }
}
