import Evolution
import Foundation
import HTMLReports
import Reports

/// What the page of a search shows.
struct SearchSections {
  private let search: RunSnapshot.Search

  init(_ search: RunSnapshot.Search) { self.search = search }

  /// The numbers that matter most.
  var cards: [Cards.Card] {
    guard let last = search.history.last else { return [] }
    let generations = search.description.map { " of \($0.options.generations)" } ?? ""
    return [
      .init("Best fitness", NumberText.short(last.best), note: measure),
      .init("Generation", "\(last.generation)\(generations)"),
      .init("Candidates", "\(last.candidates)", note: "formulas drawn or bred"),
      .init("Evaluations", "\(last.evaluations)", note: "ranked on all search configurations"),
    ]
  }

  private var measure: String { search.description.map { "\($0.options.fitness)" } ?? "" }

  /// The parts.
  var html: [HTML] {
    [
      DashboardPage.section("fitness", "Fitness", [fitness]),
      DashboardPage.section("diversity", "Diversity", [diversity]),
      DashboardPage.section("screening", "Turned away", [screening]),
      DashboardPage.section("proxies", "Best proxies", [proxies]),
      DashboardPage.section("options", "Search", [options]),
    ]
  }

  private func points(_ value: (HistoryRow) -> Double) -> [Plot.Point] {
    search.history.map { Plot.Point(Double($0.generation), value($0)) }
  }

  private var fitness: HTML {
    guard search.history.count > 1 else { return .empty }
    var plot = Plot(title: "Fitness by generation", x: .init("generation"), y: .init("fitness"))
    plot.add(.steps, "best so far", points(\.best))
    plot.add(.line, "median of the population", points(\.median))
    return Figure(plot, caption: "The median is averaged over islands.").html
  }

  private var diversity: HTML {
    guard search.history.count > 1 else { return .empty }
    var plot = Plot(
      title: "Diversity by generation", x: .init("generation"), y: .init("share", includesZero: true))
    plot.height = 220
    plot.add(.line, "diversity", points(\.diversity), color: 2)
    return Figure(
      plot, caption: "The mean share of a formula's slots in which two individuals of an island differ."
    ).html
  }

  private var screening: HTML {
    guard !search.screening.isEmpty else { return .empty }
    var table = Table(
      columns: [("stage of screening", "stage"), ("candidates", "turned_away"), ("share, %", "share")])
    for row in search.screening {
      let name = row.stage.replacingOccurrences(of: "_", with: " ")
      table.append([.text(name), .integer(row.turnedAway), .number(100 * row.share, decimals: 1)])
    }
    return table.html(named: "Candidates turned away")
  }

  private var proxies: HTML {
    guard !search.proxies.isEmpty else { return .empty }
    let hasCorrelations = search.proxies.contains { !$0.correlations.isEmpty }
    var table = Table(
      columns: [("complexity", "complexity"), ("fitness", "fitness")]
        + (hasCorrelations
          ? SearchProblem.Part.allCases.map { ("ρ, \($0.rawValue)", $0.rawValue) } : [])
        + [("formula", "formula")])
    for proxy in search.proxies {
      let correlations = SearchProblem.Part.allCases.map {
        Table.Cell(proxy.correlations[$0], decimals: 3)
      }
      table.append(
        [.integer(proxy.complexity), .number(proxy.fitness, decimals: 4)]
          + (hasCorrelations ? correlations : []) + [.text(proxy.formula)])
    }
    let note =
      hasCorrelations
      ? "Spearman's ρ on the configurations of each part." : "Spearman's ρ of each is measured at the end."
    return .group([table.html(named: "Best proxies"), HTML("p", ["class": "quiet"], note)])
  }

  private var options: HTML {
    guard let description = search.description else { return .empty }
    let options = description.options
    var table = Table(columns: [("option", "option"), ("value", "value")])
    for benchmark in description.benchmarks {
      table.append([.text("benchmark"), .text("\(benchmark.path), ranked by \(benchmark.truth)")])
    }
    table.append([.text("search configurations"), .text("\(description.searchConfigurations)")])
    table.append([.text("population"), .text("\(options.populationSize), islands: \(options.islands)")])
    table.append([.text("fitness"), .text("\(options.fitness)")])
    table.append([.text("seed"), .text("\(options.seed)")])
    return table.html(named: "Options of the search")
  }
}
