import Evolution
import Proxies
import RankStatistics
import Reports
import Studies

/// A search on a page: the formula that was chosen, how well it ranks what it has not seen, and how it was found.
///
/// It is made of the state of the search alone, so that a search that ends and a folder that is opened later give the same
/// bytes.
public struct SearchPage: Sendable {
  /// The page.
  public let page: ReportPage

  /// Makes the page.
  ///
  /// - Throws: `ProxyError` where the formula has no score of some configuration.
  public init(_ results: SearchResults) throws {
    let names = results.job.benchmarks.map(\.name).joined(separator: " and ")
    var page = ReportPage(
      title: "Search on \(names)",
      summary:
        "A formula that ranks bit configurations, found in \(results.search.state.evaluations) evaluations of formulas over \(results.search.state.generation) generations."
    )
    let formula = FormulaFigures(results)
    page.add("Formula", [Self.cards(results).html, formula.mathematics, formula.text])
    page.add("Parts of the formula", [formula.tree.html])
    page.add("Test configurations", try TestFigures(results).contents)
    page.add("Course of the search", SearchHistoryFigures(results.search.state).contents)
    page.add("Hall of fame", HallOfFameFigures(results).contents)
    page.add("Settings", [SearchSettings(results).facts.html])
    self.page = page
  }

  private static func cards(_ results: SearchResults) -> Cards {
    let tests = results.job.benchmarks.indices.map { index -> Cards.Card in
      let benchmark = results.job.benchmarks[index]
      let estimate = results.tests[index][.rho100]
      let ceiling = benchmark.truth.ceiling.map { "ceiling \(NumberText.correlation($0.all))" }
      let interval = estimate.map {
        "95 %: \(NumberText.correlation($0.lower)) to \(NumberText.correlation($0.upper))"
      }
      return Cards.Card(
        "Test ρ, \(benchmark.name)", NumberText.correlation(estimate?.mean),
        note: [interval, ceiling].compactMap { $0 }.joined(separator: "; "))
    }
    return Cards(
      tests + [
        Cards.Card(
          "Validation ρ", NumberText.correlation(results.chosen.correlations[.validation]),
          note: "what it was chosen by"),
        Cards.Card(
          "Complexity", "\(results.chosen.proxy.complexity)", note: "inputs, operations and constants"),
      ])
  }
}
