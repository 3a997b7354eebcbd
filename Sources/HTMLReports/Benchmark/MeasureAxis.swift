import Benchmarks
import Reports

/// How values of a measure are shown: shares in percent.
struct MeasureAxis {
  /// The measure.
  let measure: Measure

  init(_ measure: Measure) { self.measure = measure }

  /// The words beside an axis.
  var title: String { measure.isShare ? "\(name), %" : name }

  /// The measure in words.
  var name: String {
    switch measure {
    case .top1: "top-1 accuracy"
    case .loss: "loss"
    case .kl: "divergence from the float network (kl)"
    case .agreement: "agreement with the float network"
    }
  }

  /// Which way is better.
  var direction: String { measure.isShare ? "higher is better" : "lower is better" }

  /// The value of a row.
  func value(_ row: BenchmarkRow) -> Double { (measure.isShare ? 100 : 1) * measure.value(row) }

  /// How values are distributed.
  func distribution(of rows: [BenchmarkRow], benchmark: String) -> Plot {
    var plot = Plot(
      title: "Distribution of \(name), \(benchmark)", x: .init(title),
      y: .init("configurations", includesZero: true))
    plot.height = 240
    plot.add(
      .columns, "drawn configurations",
      Histogram(rows.map(value), binCount: 24).bins.map { bin in
        Plot.Point(
          (bin.lower + bin.upper) / 2, Double(bin.count),
          label:
            "\(NumberText.short(bin.lower)) to \(NumberText.short(bin.upper)): \(bin.count) configurations")
      }, color: 0)
    return plot
  }
}
