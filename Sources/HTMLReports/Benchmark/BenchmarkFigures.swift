import Benchmarks
import RankStatistics
import Reports

/// What a benchmark measured, in pictures.
struct BenchmarkFigures {
  private let name: String
  private let report: BenchmarkReport
  private let rows: [BenchmarkRow]

  /// Configurations that are drawn and listed at most, on a page.
  private static let maximumRows = 1000

  /// Makes the pictures.
  ///
  /// - Parameter share: how much of the page is for this benchmark, up to 1.
  init(name: String, _ report: BenchmarkReport, share: Double) {
    self.name = name
    self.report = report
    rows = report.drawn.thinned(to: Int(Double(Self.maximumRows) * share))
  }

  /// The parts of the page.
  var sections: [(title: String, contents: [HTML])] {
    [
      ("Protocol", [Facts(report.file.description.protocolFacts(drawn: report.drawn.count)).html]),
      ("Distribution", measures.map { distribution($0).html }),
      ("Any two measures", [Alternatives("Show", pairs).html, numbers]),
      ("Noise ceilings", [ceilings.html]),
    ]
  }

  /// Outputs that are no classes have no accuracy.
  private var measures: [Measure] {
    Measure.allCases.filter { measure in
      let first = report.drawn.first.map(measure.value)
      return report.drawn.contains { measure.value($0) != first }
    }
  }

  private var selection: String {
    rows.count < report.drawn.count
      ? " \(rows.count) of \(report.drawn.count) configurations are shown; emq benchmark export writes all."
      : ""
  }

  private func distribution(_ measure: Measure) -> Figure {
    let axis = MeasureAxis(measure)
    var plot = axis.distribution(of: report.drawn, benchmark: name)
    let uniform = report.file.rows.filter { $0.role == .uniform }
    plot.add(
      .emphasizedDots, "the same bits everywhere, for comparison",
      uniform.map { row in
        let bits = row.configuration[row.configuration.count / 2].weightBits
        return Plot.Point(axis.value(row), 0, label: "uniform \(bits) bits")
      }, color: 1)
    if measure == .top1, report.hasClasses {
      plot.add(
        .emphasizedDots, "float network",
        [Plot.Point(100 * report.file.description.floatTop1, 0, label: "float network")], color: 2)
    }
    return Figure(
      plot, caption: "\(report.drawn.count) drawn configurations; of \(axis.name), \(axis.direction).")
  }

  // MARK: Pairs

  private struct Quantity {
    let key, title: String
    let value: (BenchmarkRow) -> Double
  }

  private var quantities: [Quantity] {
    let costs = report.file.description.costs
    return [
      Quantity(key: "average_bits", title: "average bits") { costs.averageBits($0.configuration) }
    ]
      + measures.map {
        Quantity(key: $0.rawValue, title: MeasureAxis($0).title, value: MeasureAxis($0).value)
      }
  }

  private var pairs: [(name: String, html: HTML)] {
    let quantities = quantities
    return quantities.indices.flatMap { first in
      quantities.indices.filter { $0 > first }.map { second in pair(quantities[first], quantities[second]) }
    }
  }

  private func pair(_ x: Quantity, _ y: Quantity) -> (name: String, html: HTML) {
    let title = "\(y.title) against \(x.title)"
    var plot = Plot(title: "\(title), \(name)", x: .init(x.title), y: .init(y.title))
    plot.add(.cloud, "configurations", rows.map { Plot.Point(x.value($0), y.value($0)) })
    let rho = RankCorrelation.spearman(report.drawn.map(x.value), report.drawn.map(y.value))
    let caption =
      "A dot is a configuration. Spearman's ρ of the two is \(NumberText.correlation(rho))."
    return (
      title, Figure(title: plot.title, caption: caption + selection, picture: plot.svg, table: nil).html
    )
  }

  private var numbers: HTML {
    let quantities = quantities
    var table = Table(
      columns: [("bits of weights and activations", "configuration")] + quantities.map { ($0.title, $0.key) })
    for row in rows {
      table.append([.text(row.configuration.description)] + quantities.map { .significant($0.value(row)) })
    }
    return table.numbers(named: "Configurations of \(name)")
  }

  // MARK: Ceilings

  private var ceilings: Figure {
    var plot = CategoryPlot(
      title: "Noise ceilings of \(name)", axis: "highest ρ to be expected", mark: .points)
    plot.groups = ["of all configurations", "of the best half", "of the best fifth"]
    plot.values = report.ceilings.flatMap { measure, ceiling in
      [ceiling?.all, ceiling?.half, ceiling?.fifth].enumerated().compactMap { group, value in
        value.map { CategoryPlot.Value("\(measure.rawValue), \(plot.groups[group])", $0, group: group) }
      }
    }
    return Figure(
      title: plot.title,
      caption:
        "What was measured on \(report.file.description.evaluation.count) images is itself noisy, so that no proxy can be expected to rank it better than this. Of this benchmark, \(report.advice).",
      picture: plot.svg, table: report.ceilingTable)
  }
}
