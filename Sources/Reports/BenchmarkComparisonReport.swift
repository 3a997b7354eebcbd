import Benchmarks
import RankStatistics

/// What two benchmarks measured of the same configurations.
public struct BenchmarkComparisonReport: Report {
  private enum CodingKeys: String, CodingKey { case configurations, measures }

  private let configurations: Int
  private let measures: [Table.Object]
  private let table: Table

  /// Compares two files, second minus first, in points for shares and in nats for the others.
  ///
  /// - Throws: `BenchmarkError` where they are of different networks or have no configuration in common.
  public init(
    _ first: (path: String, file: BenchmarkFile), _ second: (path: String, file: BenchmarkFile)
  ) throws {
    guard first.file.description.costs == second.file.description.costs else {
      throw BenchmarkError(
        "\(second.path): is a benchmark of another network (\(second.file.description.model)) than \(first.path)"
          + " (\(first.file.description.model))")
    }
    let others = Dictionary(second.file.rows.map { ($0.configuration, $0) }) { first, _ in first }
    let pairs = first.file.rows.compactMap { row in others[row.configuration].map { (row, $0) } }
    guard !pairs.isEmpty else {
      throw BenchmarkError("\(first.path) and \(second.path) have no configuration in common")
    }
    var table = Table(columns: [
      ("measure", "measure"), ("ρ", "rho"), ("mean difference", "mean_difference"),
      ("greatest", "greatest_difference"),
    ])
    for measure in Measure.allCases {
      let values = pairs.map { (measure.value($0), measure.value($1)) }
      let differences = values.map { (measure.isShare ? 100 : 1) * ($1 - $0) }
      let decimals = measure.isShare ? 2 : 4
      table.append([
        .text(measure.rawValue),
        Table.Cell(RankCorrelation.spearman(values.map(\.0), values.map(\.1)), decimals: 3),
        .number(differences.reduce(0, +) / Double(differences.count), decimals: decimals),
        .number(differences.max { abs($0) < abs($1) } ?? 0, decimals: decimals),
      ])
    }
    self.table = table
    measures = table.objects
    configurations = pairs.count
  }

  /// The table.
  public func text(width: Int?) -> String {
    "\(configurations) configurations in both\n\n\(table.rendered(width: width))"
  }
}
