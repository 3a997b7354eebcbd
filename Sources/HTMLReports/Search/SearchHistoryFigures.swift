import Evolution
import Reports

/// How a search went: fitness, diversity and what was turned away.
struct SearchHistoryFigures {
  let state: SearchState

  init(_ state: SearchState) { self.state = state }

  /// Generations that are drawn at most; more would not be told apart.
  private static let maximumRows = 300

  private var rows: [HistoryRow] { state.history.thinned(to: Self.maximumRows) }

  private var selection: String {
    rows.count < state.history.count
      ? " Of \(state.history.count) generations \(rows.count) are shown; history.csv in the folder has all."
      : ""
  }

  /// The pictures.
  var contents: [HTML] {
    state.history.isEmpty ? [screening.html] : [fitness.html, diversity.html, screening.html]
  }

  private var fitness: Figure {
    var plot = Plot(title: "Fitness over generations", x: .init("generation"), y: .init("fitness"))
    plot.add(
      .line, "middle of the population, band up to the best so far",
      rows.map {
        Plot.Point(
          Double($0.generation), $0.median,
          interval: $0.median <= $0.best && $0.best.isFinite ? $0.median...$0.best : nil)
      })
    plot.add(.steps, "best so far", rows.map { Plot.Point(Double($0.generation), $0.best) })
    return Figure(
      title: plot.title,
      caption:
        "The fitness of the best formula so far, and the median of the population (the mean over islands)."
        + selection, picture: plot.svg, table: history)
  }

  private var history: Table {
    var table = Table(columns: [
      ("generation", "generation"), ("best", "best"), ("median", "median"), ("diversity", "diversity"),
      ("candidates", "candidates"), ("evaluations", "evaluations"),
    ])
    for row in rows {
      table.append([
        .integer(row.generation), .number(row.best, decimals: 4), .number(row.median, decimals: 4),
        .number(row.diversity, decimals: 4), .integer(row.candidates), .integer(row.evaluations),
      ])
    }
    return table
  }

  private var diversity: Figure {
    var plot = Plot(
      title: "Diversity", x: .init("generation"), y: .init("share of differing slots", includesZero: true))
    plot.add(.line, "diversity", rows.map { Plot.Point(Double($0.generation), $0.diversity) })
    return Figure(
      title: plot.title,
      caption:
        "The mean share of slots in which two individuals of an island differ. The numbers are those of fitness.",
      picture: plot.svg, table: nil)
  }

  private var screening: Figure {
    let candidates = Double(max(1, state.candidates))
    let rejections = state.rejections
    var plot = CategoryPlot(
      title: "Candidates turned away", axis: "share of candidates, %", mark: .bars)
    var table = Table(columns: [
      ("reason", "stage"), ("in words", "meaning"), ("candidates", "count"), ("share, %", "share"),
    ])
    for stage in CompatibilityScreening.Stage.allCases {
      let count = rejections[stage] ?? 0
      let share = 100 * Double(count) / candidates
      plot.values.append(.init(Self.words(stage), share))
      table.append([
        .text(stage.rawValue), .text(Self.words(stage)), .integer(count), .number(share, decimals: 2),
      ])
    }
    return Figure(
      title: plot.title,
      caption:
        "Of \(state.candidates) candidates \(state.evaluations) were ranked on all search configurations. The cheapest checks come first.",
      picture: plot.svg, table: table)
  }

  private static func words(_ stage: CompatibilityScreening.Stage) -> String {
    switch stage {
    case .knownForm: "seen before in this or another form"
    case .formula: "the formula shows no usable score"
    case .notFinite: "a layer's score is not finite"
    case .constantOverLayers: "all layers score alike"
    case .notComputable: "an operation refuses its operands"
    case .poor: "poor on a few configurations"
    case .constantOverConfigurations: "configurations score alike"
    case .knownRanks: "ranks just as another formula"
    }
  }
}
