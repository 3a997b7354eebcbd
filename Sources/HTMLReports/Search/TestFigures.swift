import Benchmarks
import Evolution
import RankStatistics
import Reports
import Studies

/// How well a search's formula ranks configurations that it has not seen, beside baselines and ceilings.
struct TestFigures {
  let results: SearchResults

  init(_ results: SearchResults) { self.results = results }

  /// Configurations that are drawn at most, over all benchmarks.
  private static let maximumDots = 4000

  /// Of each benchmark the correlations, and predicted against measured values.
  var contents: [HTML] {
    get throws {
      try results.job.benchmarks.indices.flatMap { index in
        [
          HTML("h3", [:], results.job.benchmarks[index].name), correlations(index).html,
          try predictions(index).html,
        ]
      }
    }
  }

  private func correlations(_ index: Int) -> Figure {
    let benchmark = results.job.benchmarks[index]
    var plot = CategoryPlot(
      title: "Correlations on test configurations of \(benchmark.name)", axis: "ρ on test configurations",
      mark: .points)
    func value(_ name: String, _ estimates: [RankingMetric: RankingEstimate], group: Int)
      -> CategoryPlot.Value
    {
      CategoryPlot.Value(name, estimates[.rho100], group: group)
    }
    plot.groups = ["formula", "baseline"]
    plot.values =
      [value("chosen formula", results.tests[index], group: 0)]
      + results.baselines[index].map { value($0.name, $0.estimates, group: 1) }
    plot.references = benchmark.truth.ceiling.map { [("noise ceiling", $0.all)] } ?? []
    return Figure(
      plot,
      caption:
        "Spearman's ρ between scores and what was measured (\(benchmark.truth.measure.rawValue)), with the range of 95 % of resampled configurations. Ridge regressions learn from the labels of search, or of search and validation, configurations. Nothing can be expected beyond the ceiling, as what was measured is itself noisy."
    )
  }

  private func predictions(_ index: Int) throws -> Figure {
    let benchmark = results.job.benchmarks[index]
    let problem = results.search.problem.benchmarks[index]
    let axis = MeasureAxis(benchmark.truth.measure)
    let scores = try results.scores(ofBenchmark: index)
    var plot = Plot(
      title: "Predicted against measured, \(benchmark.name)", x: .init("score"), y: .init(axis.title))
    let share = Double(Self.maximumDots) / Double(max(1, scores.count * results.job.benchmarks.count))
    func points(_ positions: [Int]) -> [Plot.Point] {
      positions.thinned(to: Int(min(1, share) * Double(positions.count))).map {
        Plot.Point(scores[$0], axis.value(benchmark.rows[$0]))
      }
    }
    func rho(_ positions: [Int]) -> String {
      NumberText.correlation(problem.correlation(results.chosen.proxy, at: positions))
    }
    let split = problem.split
    plot.add(.dots, "search", points(split.search), color: 1)
    plot.add(.dots, "validation", points(split.validation), color: 2)
    plot.add(.dots, "test", points(split.test), color: 0)
    return Figure(
      plot,
      caption:
        "A dot is a configuration; of \(axis.name), \(axis.direction). ρ is \(rho(split.search)) on the \(split.search.count) configurations that fitness was measured on, \(rho(split.validation)) on the \(split.validation.count) that the formula was chosen on, and \(rho(split.test)) on the \(split.test.count) of the test, which nothing was chosen on: these are what counts."
    )
  }
}

extension CategoryPlot.Value {
  /// An estimate with its interval.
  init(_ name: String, _ estimate: RankingEstimate?, group: Int) {
    self.init(
      name, estimate?.mean,
      interval: estimate.flatMap { $0.lower < $0.upper ? $0.lower...$0.upper : nil }, group: group)
  }
}
