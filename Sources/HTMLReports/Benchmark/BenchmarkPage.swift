import Benchmarks
import Reports

/// Benchmarks on a page: how they were measured, how measures are distributed and go together, and noise ceilings.
public struct BenchmarkPage: Sendable {
  /// The page.
  public let page: ReportPage

  /// Makes the page.
  ///
  /// - Parameter benchmarks: each with its file.
  public init(_ benchmarks: [(path: String, report: BenchmarkReport)]) {
    let names = benchmarks.map { BenchmarkFile.name(of: $0.path) }
    var page = ReportPage(
      title: names.count == 1 ? "Benchmark \(names[0])" : "\(names.count) benchmarks",
      summary: "Measured accuracies of bit configurations: \(names.joined(separator: ", ")).")
    for (name, report) in zip(names, benchmarks.map(\.report)) {
      let figures = BenchmarkFigures(name: name, report, share: 1 / Double(benchmarks.count))
      guard benchmarks.count == 1 else {
        page.add(name, figures.sections.flatMap { [HTML("h3", [:], $0.title)] + $0.contents })
        continue
      }
      for section in figures.sections { page.add(section.title, section.contents) }
    }
    self.page = page
  }
}
