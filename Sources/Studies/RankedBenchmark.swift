import Benchmarks
import Compression
import Foundation
import Foundations
import LayerStatistics
import Proxies
import RankStatistics
import Workloads

/// A benchmark with what proxies are computed from, ready to be ranked.
public struct RankedBenchmark: Sendable {
  /// A row of a ranking.
  public struct Row: Sendable {
    /// Who ranks.
    public let name: String
    /// `bit-weighted`, `perturbation`, `bit function`, `formula`, `baseline`, `oracle` or `ceiling`.
    public let kind: String
    /// How well, by metric; those that are not defined are missing.
    public var estimates: [RankingMetric: RankingEstimate] = [:]
    /// Seconds to compute.
    public var seconds: Double?
    /// The same in forward passes over the batch.
    public var relativeCost: Double?
    /// The scores of the first replicate, for a chart.
    public var scores: [Double] = []
  }

  /// The name of its file.
  public let name: String
  /// The benchmark.
  public let file: BenchmarkFile
  /// Its drawn configurations.
  public let rows: [BenchmarkRow]
  /// What they are truly ranked by.
  public let measure: Measure
  /// What no proxy can be expected to exceed.
  public let ceiling: NoiseCeiling?
  /// Statistics of its network.
  public let statistics: [(path: String, values: NetworkStatistics)]
  private let truth: [Double]
  private let evaluation: RankingEvaluation
  private let resamples: Int
  private let seed: UInt64
  private let context: WorkContext

  /// Opens a benchmark.
  ///
  /// - Parameters:
  ///   - measure: what configurations are truly ranked by; nil for top-1 where its noise ceiling is 0.95 or more, else
  ///     the measure with the highest ceiling.
  ///   - statistics: statistics of any networks; those of this one are replicates.
  public init(
    _ path: String, measure: Measure?, statistics: [(path: String, values: NetworkStatistics)],
    resamples: Int, seed: UInt64, context: WorkContext
  ) throws {
    let file = try BenchmarkFile(opening: path)
    let drawn = file.rows.filter { $0.role == .drawn }
    guard drawn.count >= 3 else {
      throw BenchmarkError("\(path): has \(drawn.count) configurations; a ranking needs 3 or more")
    }
    let known = try BenchmarkTruth(
      path, rows: drawn, imageCount: file.description.evaluation.count, measure: measure, seed: seed)
    let costs = file.description.costs
    self.file = file
    self.resamples = resamples
    self.seed = seed
    self.context = context
    truth = known.values
    self.measure = known.measure
    ceiling = known.ceiling
    self.statistics = try Self.matching(statistics, path: path, description: file.description)
    rows = drawn
    name = String((path.split(separator: "/").last ?? "").split(separator: ".").first ?? "")
    evaluation = RankingEvaluation(
      truth: known.values, sizes: drawn.map { costs.sizeInBits($0.configuration) },
      resamples: resamples,
      seed: seed, threads: context.threads)
  }

  /// The statistics of the benchmark's network, which must be of equally large batches.
  private static func matching(
    _ all: [(path: String, values: NetworkStatistics)], path: String, description: BenchmarkDescription
  ) throws -> [(path: String, values: NetworkStatistics)] {
    let found = all.filter { $0.values.origin["network"] == description.network }
    guard let first = found.first else {
      throw BenchmarkError(
        all.isEmpty
          ? "\(path): there are no statistics; files of statistics of its network are needed"
          : "\(path): the statistics are those of another network (\(all[0].path))")
    }
    guard first.values.costs == description.costs else {
      throw BenchmarkError("\(first.path): its layers are not those of \(path)")
    }
    if let other = found.first(where: { $0.values.origin["images"] != first.values.origin["images"] }) {
      throw BenchmarkError(
        "\(other.path): statistics of \(other.values.origin["images"] ?? "?") images cannot stand beside those of"
          + " \(first.values.origin["images"] ?? "?") (\(first.path)); give files of equal batches")
    }
    return found
  }

  /// How many evaluation images there are, and how many statistics.
  public var caption: String {
    let images = statistics.first?.values.origin["images"] ?? "?"
    return
      "\(name): \(rows.count) configurations by \(measure.rawValue), statistics of \(statistics.count)"
      + " batch\(statistics.count == 1 ? "" : "es") of \(images) images"
  }

  /// Ranks a proxy; a row without estimates where it is not defined on this network.
  ///
  /// - Parameter isStrict: whether missing statistics are an error.
  public func row(_ chosen: ChosenProxy, isStrict: Bool) throws -> Row {
    var row = Row(name: chosen.name, kind: chosen.handcrafted?.kind.rawValue ?? "formula")
    let rounding = file.description.quantization.layerwiseIdentity
    var replicates: [[Double]] = []
    do {
      replicates = try statistics.map { item in
        try chosen.scores(ProxyInputs(item.values, rounding: rounding)).scores(rows.map(\.configuration))
      }
    } catch let error as ProxyError where !isStrict {
      context.detail("\(name): \(chosen.name): \(error.description)")
      return row
    }
    row.estimates = try evaluation.estimates(replicates)
    row.scores = replicates[0]
    let costs = statistics.compactMap { item -> (seconds: Double, relative: Double)? in
      guard let seconds = StatisticsSeconds(besides: item.path) else { return nil }
      let sum = chosen.stages.reduce(0) { $0 + (seconds.stages[$1.rawValue] ?? 0) }
      return (sum, sum / max(1e-9, seconds.forward))
    }
    if !costs.isEmpty {
      row.seconds = costs.reduce(0) { $0 + $1.seconds } / Double(costs.count)
      row.relativeCost = costs.reduce(0) { $0 + $1.relative } / Double(costs.count)
    }
    return row
  }

  /// What a few images, and a regression on a few labels, come to.
  public func baselineRows() throws -> [Row] {
    try RankingBaselines(
      measure, rows: rows, imageCount: file.description.evaluation.count, costs: file.description.costs,
      resamples: resamples, seed: seed, threads: context.threads
    ).ofRanking().map { Row(name: $0.name, kind: "baseline", estimates: $0.estimates) }
  }

  /// What forms of proxies reach at least: fitted on the benchmark itself, judged on configurations left out.
  public func oracleRows() throws -> [Row] {
    guard rows.count >= 20 else { return [] }
    return try OracleRegression.Form.allCases.map { form in
      let replicates = try parallelMap(count: 5, threads: context.threads) { fold in
        try OracleRegression(form: form).predictions(
          configurations: rows.map(\.configuration), truth: truth, folds: 10, seed: seed + UInt64(fold))
      }
      return Row(name: form.title, kind: "oracle", estimates: try evaluation.estimates(replicates))
    }
  }

  /// What no proxy can be expected to exceed.
  public var ceilingRow: Row {
    var row = Row(name: "noise ceiling", kind: "ceiling")
    func add(_ metric: RankingMetric, _ value: Double?) {
      row.estimates[metric] = value.map { RankingEstimate(mean: $0, lower: $0, upper: $0) }
    }
    add(.rho100, ceiling?.all)
    add(.rho50, ceiling?.half)
    add(.rho20, ceiling?.fifth)
    return row
  }
}
