import Benchmarks
import RankStatistics
import Reports
import Studies

/// How well proxies rank a benchmark, in pictures.
struct RankingFigures {
  private let benchmark: RankedBenchmark
  private let rows: [ProxyRanking.Row]
  private let positions: [Int]

  /// Proxies whose scores are drawn at most.
  private static let drawnProxies = 6
  /// Configurations that are drawn at most, on a page.
  private static let maximumRows = 1000

  /// Makes the pictures.
  ///
  /// - Parameter share: how much of the page is for this benchmark, up to 1.
  init(_ ranking: ProxyRanking, _ rows: [ProxyRanking.Row], share: Double) {
    benchmark = ranking.benchmark
    self.rows = rows
    positions = Array(ranking.benchmark.rows.indices).thinned(to: Int(Double(Self.maximumRows) * share))
  }

  private var axis: MeasureAxis { MeasureAxis(benchmark.truth.measure) }

  /// Those that rank, from the best down; the ceiling is none of them.
  private var ranked: [ProxyRanking.Row] {
    func rho(_ row: ProxyRanking.Row) -> Double { row.estimates[.rho100]?.mean ?? -.infinity }
    let competitors = rows.filter { $0.kind != "ceiling" }
    return competitors.indices.sorted {
      let (left, right) = (rho(competitors[$0]), rho(competitors[$1]))
      return left != right ? left > right : $0 < $1
    }.map { competitors[$0] }
  }

  /// ρ of each, with intervals and the ceiling.
  var correlations: Figure {
    var plot = CategoryPlot(
      title: "Correlations on \(benchmark.name)", axis: "ρ over all configurations", mark: .points)
    for row in ranked where !plot.groups.contains(row.kind) { plot.groups.append(row.kind) }
    plot.values = ranked.map { row in
      CategoryPlot.Value(
        row.name, row.estimates[.rho100], group: plot.groups.firstIndex(of: row.kind) ?? 0)
    }
    plot.references = benchmark.truth.ceiling.map { [("noise ceiling", $0.all)] } ?? []
    return Figure(
      plot,
      caption:
        "Spearman's ρ between scores and \(axis.name), from the best down, with the range of 95 % of the values over batches and resampled configurations. Oracles are fitted on the benchmark itself; nothing can be expected beyond the ceiling."
    )
  }

  /// How what was measured is distributed.
  var distribution: Figure {
    Figure(
      axis.distribution(of: benchmark.rows, benchmark: benchmark.name),
      caption: "What configurations are truly ranked by; \(axis.direction).")
  }

  /// Scores of the best proxies against what was measured, one at a time.
  var scores: HTML {
    let best = ranked.filter { $0.scores.count == benchmark.rows.count }.prefix(Self.drawnProxies)
    guard !best.isEmpty else { return .empty }
    let pictures = best.map { row -> (name: String, html: HTML) in
      var plot = Plot(
        title: "\(row.name), \(benchmark.name)", x: .init("score of the first batch"), y: .init(axis.title))
      plot.add(
        .cloud, "configurations",
        positions.map { Plot.Point(row.scores[$0], axis.value(benchmark.rows[$0])) })
      let rho = NumberText.correlation(row.estimates[.rho100]?.mean)
      return (
        row.name,
        Figure(
          title: plot.title,
          caption: "A dot is a configuration; of \(axis.name), \(axis.direction). ρ is \(rho)." + selection,
          picture: plot.svg, table: nil
        ).html
      )
    }
    var table = Table(
      columns: [("bits of weights and activations", "configuration"), (axis.title, axis.measure.rawValue)]
        + best.enumerated().map { ($1.name, "score_\($0 + 1)") })
    for position in positions {
      let row = benchmark.rows[position]
      table.append(
        [.text(row.configuration.description), .significant(axis.value(row))]
          + best.map { .significant($0.scores[position]) })
    }
    return .group([
      HTML("h3", [:], "Scores against what was measured"), Alternatives("Proxy", pictures).html,
      table.numbers(named: "Scores on \(benchmark.name)"),
    ])
  }

  private var selection: String {
    positions.count < benchmark.rows.count
      ? " \(positions.count) of \(benchmark.rows.count) configurations are shown." : ""
  }
}
