import Benchmarks
import Foundation
import LayerStatistics
import PostgreSQLBenchmarks
import Proxies

/// A benchmark with its network's statistics, ready to be ranked and searched on.
public struct RankedBenchmark: Sendable {
  /// Its file or URL.
  public let path: String
  /// The name of its file.
  public let name: String
  /// What its rows have in common.
  public let description: BenchmarkDescription
  /// Its drawn configurations.
  public let rows: [BenchmarkRow]
  /// What they are truly ranked by.
  public let truth: BenchmarkTruth
  /// Statistics of batches drawn with different seeds, in the order that they were named.
  public let statistics: [(path: String, values: NetworkStatistics)]

  /// Opens a benchmark.
  ///
  /// - Parameters:
  ///   - path: an SQLite file, an exported one, or the URL of a benchmark in a database.
  ///   - measure: what configurations are truly ranked by; nil for top-1 where its noise ceiling is 0.95 or more, else
  ///     the measure with the highest ceiling.
  ///   - statistics: statistics of any networks; those made with the benchmark where there are none.
  ///   - seed: what randomness is derived from.
  /// - Throws: `BenchmarkError` where there are too few configurations, or no statistics of the network.
  public init(
    _ path: String, measure: Measure?, statistics: [(path: String, values: NetworkStatistics)], seed: UInt64
  ) throws {
    let file = try BenchmarkFile(opening: path)
    let drawn = file.rows.filter { $0.role == .drawn }
    guard drawn.count >= 3 else {
      throw BenchmarkError("\(path): has \(drawn.count) configurations; a ranking needs 3 or more")
    }
    var known = statistics
    if known.isEmpty {
      let place = try BenchmarkPlace(path)
      guard let beside = try place.statisticsPath() else {
        throw BenchmarkError(
          "\(path): there are no statistics in \(place.statisticsText); files of statistics of its network are needed",
          kind: .noInput)
      }
      known = [(beside, try NetworkStatistics(contentsOf: beside))]
    }
    var matching = known.filter { $0.values.origin["network"] == file.description.network }
    // Where roundings have files of their own, those of others do not say what this one does.
    let rounding = file.description.quantization.layerwiseIdentity
    let ofRounding = matching.filter { $0.values.roundings.contains(rounding) }
    if !ofRounding.isEmpty { matching = ofRounding }
    guard let first = matching.first else {
      throw BenchmarkError("\(path): the statistics are those of another network (\(known[0].path))")
    }
    guard first.values.costs == file.description.costs else {
      throw BenchmarkError("\(first.path): its layers are not those of \(path)")
    }
    self.path = path
    name = BenchmarkFile.name(of: path)
    description = file.description
    rows = drawn
    truth = try BenchmarkTruth(
      path, rows: drawn, imageCount: file.description.evaluation.count, measure: measure, seed: seed)
    self.statistics = matching
  }

  /// Opens several benchmarks, with statistics files of any of their networks.
  public static func open(
    _ paths: [String], statistics: [String], measure: Measure?, seed: UInt64
  ) throws -> [RankedBenchmark] {
    let known = try statistics.map { (path: $0, values: try NetworkStatistics(contentsOf: $0)) }
    return try paths.map { try RankedBenchmark($0, measure: measure, statistics: known, seed: seed) }
  }

  /// What formulas are computed from.
  ///
  /// - Parameter replicate: which of the batches; taken in turn.
  public func inputs(replicate: Int = 0) -> ProxyInputs {
    ProxyInputs(
      statistics[replicate % statistics.count].values, rounding: description.quantization.layerwiseIdentity)
  }

  /// The sizes of configurations in bits.
  func sizes(_ rows: some Sequence<BenchmarkRow>) -> [Int] {
    rows.map { description.costs.sizeInBits($0.configuration) }
  }
}
