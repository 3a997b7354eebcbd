import Foundation
import HTMLReports

/// All runs: a card for each, and searches side by side.
package struct OverviewPage {
  private let runs: [RunSnapshot]
  private let folders: [WatchedFolder]
  private let omission: String?

  /// Searches in one chart, as many as there are colours.
  private static let comparedSearches = Plot.colorCount

  /// Makes the page of runs.
  package init(_ runs: [RunSnapshot], folders: [WatchedFolder], omission: String?) {
    (self.runs, self.folders, self.omission) = (runs, folders, omission)
  }

  /// The page.
  package var page: DashboardPage {
    DashboardPage(
      title: "Runs", summary: "In \(folders.map(\.name).joined(separator: ", "))", run: nil,
      parts: [
        DashboardPage.part("state", isAnnounced: true, [HTML("p", [:], counts)]),
        DashboardPage.section(
          "runs", "All runs", [cards, omission.map { HTML("p", ["class": "quiet"], $0) } ?? .empty]),
        DashboardPage.section("searches", "Searches side by side", [comparison]),
      ])
  }

  private var counts: String {
    guard !runs.isEmpty else {
      return
        "No runs yet: searches, benchmarks and running commands that write here are shown as they appear."
    }
    return RunSnapshot.State.allCases.compactMap { state in
      let count = runs.count { $0.state == state }
      return count > 0 ? "\(count) \(state.rawValue)" : nil
    }.joined(separator: ", ")
  }

  private var cards: HTML {
    guard !runs.isEmpty else { return .empty }
    return HTML("ul", ["class": "runs"], runs.map { HTML("li", [:], card($0)) })
  }

  private func card(_ run: RunSnapshot) -> [HTML] {
    let link = HTML("a", ["id": "run-\(run.identifier)", "href": "/runs/\(run.identifier)"], run.name)
    return [
      HTML("h3", [:], [link]), HTML("p", [:], [run.label, .text(" \(run.command)")]), run.stageLine,
      run.progressBar, run.highlight.map { HTML("p", [:], $0) } ?? .empty, sparkline(run),
    ] + run.troubleLines
  }

  private func sparkline(_ run: RunSnapshot) -> HTML {
    switch run.content {
    case .search(let search):
      Sparkline(title: "best fitness of \(run.name)", values: search.history.map(\.best)).html
    case .benchmark(let benchmark):
      Sparkline(title: "rows of \(run.name)", values: benchmark.growth.map { Double($0.rows) }).html
    case .work: .empty
    }
  }

  private var comparison: HTML {
    let searches = runs.compactMap { run -> (name: String, points: [Plot.Point])? in
      guard case .search(let search) = run.content, search.history.count > 1 else { return nil }
      return (run.name, search.history.map { Plot.Point(Double($0.evaluations), $0.best) })
    }
    guard !searches.isEmpty else { return .empty }
    var plot = Plot(
      title: "Best fitness by evaluations", x: .init("proxies ranked on all search configurations"),
      y: .init("best fitness"))
    for search in searches.prefix(Self.comparedSearches) { plot.add(.steps, search.name, search.points) }
    let others = searches.count - Self.comparedSearches
    return Figure(
      plot,
      caption: "The highest fitness of each search so far, against what it took."
        + (others > 0 ? " \(others) other searches are not in it." : "")
    ).html
  }
}
