import Evolution
import Proxies
import Reports
import Studies

/// The best formulas of a search by complexity.
struct HallOfFameFigures {
  let results: SearchResults

  init(_ results: SearchResults) { self.results = results }

  /// Formulas that the table of the hall shows at most.
  private static let maximumRows = 100

  /// The picture, the front with its formulas drawn, and the best of the hall.
  var contents: [HTML] {
    let count = min(Self.maximumRows, results.candidates.count)
    let more = results.candidates.count > count ? "; hall_of_fame.csv in the folder has all" : ""
    return [
      figure.html, HTML("h3", [:], "The fittest formula of each complexity"),
      HTML(
        "p", [:],
        "Those that no simpler formula equals on the search configurations. Of several benchmarks, ρ is \(combination) of them."
      ), table(results.front).html(named: "Fittest formulas by complexity", drawing: drawing),
      HTML("h3", [:], "The hall of fame in the order of choice"),
      HTML(
        "p", [:],
        "\(count) of \(results.candidates.count) formulas, the chosen one first\(more). What they reach on test configurations was not looked at for the choice."
      ),
      table(Array(results.candidates.prefix(count))).html(named: "Hall of fame", drawing: ["formula": code]),
    ]
  }

  private var combination: String {
    switch results.search.problem.combination {
    case .mean: "the mean"
    case .minimum: "the least"
    }
  }

  private var figure: Figure {
    var plot = Plot(
      title: "Complexity against correlation", x: .init("complexity"),
      y: .init("ρ on validation configurations"))
    func points(_ candidates: [EvolutionSearch.Candidate]) -> [Plot.Point] {
      candidates.compactMap { candidate in
        candidate.correlations[.validation].map {
          Plot.Point(Double(candidate.proxy.complexity), $0, label: candidate.proxy.description)
        }
      }
    }
    plot.add(.cloud, "hall of fame", points(results.candidates), color: 7)
    plot.add(.dots, "fittest of each complexity", points(results.front), color: 1)
    plot.add(.emphasizedDots, "chosen", points([results.chosen]), color: 0)
    return Figure(
      title: plot.title,
      caption:
        "Complexity counts inputs, operations and constants. Formulas were bred by fitness on the search configurations; what they reach on validation configurations decides among them.",
      picture: plot.svg, table: nil)
  }

  private func table(_ candidates: [EvolutionSearch.Candidate]) -> Table {
    var table = Table(columns: [
      ("complexity", "complexity"), ("fitness", "fitness"), ("ρ search", "search"),
      ("ρ validation", "validation"), ("ρ test", "test"), ("formula", "formula"),
    ])
    for candidate in candidates {
      table.append(
        [.integer(candidate.proxy.complexity), .number(candidate.individual.fitness, decimals: 3)]
          + SearchProblem.Part.allCases.map { Table.Cell(candidate.correlations[$0], decimals: 3) }
          + [.text(candidate.proxy.description)])
    }
    return table
  }

  private var drawing: [String: (String) -> HTML?] {
    let known = Dictionary(
      results.front.map { ($0.proxy.description, $0.proxy) }, uniquingKeysWith: { first, _ in first })
    return [
      "formula": { text in
        known[text].map { MathML(latex: $0.latex, alternative: text, isBlock: false).html }
      }
    ]
  }

  private func code(_ text: String) -> HTML { HTML("code", [:], text) }
}
