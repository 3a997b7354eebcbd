import Benchmarks
import Foundation
import HTMLReports
import Reports

/// What the page of a benchmark shows.
struct BenchmarkSections {
  private let benchmark: RunSnapshot.Benchmark

  init(_ benchmark: RunSnapshot.Benchmark) { self.benchmark = benchmark }

  /// The numbers that matter most.
  var cards: [Cards.Card] {
    guard let glance = benchmark.glance else { return [] }
    let seconds = glance.rows.compactMap(\.seconds)
    let mean = seconds.reduce(0, +) / Double(max(1, seconds.count))
    return [
      .init("Configurations", "\(glance.rows.count)", note: "measured"),
      .init(
        "A configuration", seconds.isEmpty ? "–" : "\(NumberText.short(mean, digits: 3)) s",
        note: "on average"),
      .init("Network", glance.description.model, note: "\(glance.description.costs.layers.count) layers"),
      .init("Float top-1", RunText.percent(glance.description.floatTop1)),
    ]
  }

  /// The parts.
  var html: [HTML] {
    [
      DashboardPage.section("distribution", "Distribution", [distribution]),
      DashboardPage.section("sizes", "Size and \(measureName)", [sizes]),
      DashboardPage.section("growth", "Growth", [growth]),
    ]
  }

  private var measureName: String { benchmark.glance?.measure.rawValue ?? "" }

  private func shown(_ value: Double, _ measure: Measure) -> Double { measure.isShare ? 100 * value : value }

  private func axis(_ measure: Measure) -> Plot.Axis {
    .init(measure.isShare ? "\(measure.rawValue), %" : "\(measure.rawValue), nats")
  }

  private var distribution: HTML {
    guard let glance = benchmark.glance else { return .empty }
    let values = glance.rows.compactMap { $0.values[glance.measure] }.map { shown($0, glance.measure) }
    let histogram = Histogram(values, binCount: 24)
    guard values.count > 1, let least = values.min(), let greatest = values.max(), greatest > least else {
      return .empty
    }
    let width = (greatest - least) / Double(histogram.binCount)
    var plot = Plot(
      title: "Measured \(measureName)", x: axis(glance.measure),
      y: .init("configurations", includesZero: true))
    plot.height = 260
    plot.add(
      .columns, "configurations",
      histogram.counts.enumerated().map { bin, count in
        Plot.Point(least + (Double(bin) + 0.5) * width, Double(count))
      })
    return Figure(plot, caption: "How many configurations measured so far have which value.").html
  }

  private var sizes: HTML {
    guard let glance = benchmark.glance, glance.rows.count > 1 else { return .empty }
    var plot = Plot(
      title: "\(measureName) by size", x: .init("size of the weights, MiB"), y: axis(glance.measure))
    for (role, name, mark) in [
      (BenchmarkRow.Role.drawn, "drawn configurations", Plot.Mark.dots),
      (.uniform, "the same bits everywhere", .emphasizedDots),
    ] {
      let points = glance.rows.filter { $0.role == role }.compactMap { row in
        row.values[glance.measure].map {
          Plot.Point(
            glance.description.costs.sizeInMiB(row.configuration), shown($0, glance.measure))
        }
      }
      if !points.isEmpty { plot.add(mark, name, points) }
    }
    return Figure(plot, caption: "A dot for each configuration measured so far.").html
  }

  private var growth: HTML {
    guard benchmark.growth.count > 1, let first = benchmark.growth.first?.time else { return .empty }
    var plot = Plot(
      title: "Rows by time", x: .init("minutes since this page's program saw it"), y: .init("rows"))
    plot.height = 220
    plot.add(
      .steps, "rows",
      benchmark.growth.map { Plot.Point($0.time.timeIntervalSince(first) / 60, Double($0.rows)) })
    return Figure(plot, caption: "How many configurations were measured by when.").html
  }
}
