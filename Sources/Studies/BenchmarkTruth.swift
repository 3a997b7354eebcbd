import Benchmarks

/// What a benchmark's configurations are truly ranked by.
public struct BenchmarkTruth: Sendable {
  /// What was measured.
  public let measure: Measure
  /// What no proxy can be expected to exceed; nil where it is not defined.
  public let ceiling: NoiseCeiling?
  /// The value of each configuration, higher for better.
  public let values: [Double]

  /// The measure asked for; without one, top-1 where its noise ceiling is 0.95 or more, else the measure with the highest.
  public init(_ path: String, rows: [BenchmarkRow], imageCount: Int, measure: Measure?, seed: UInt64) throws {
    let ceilings = Measure.allCases.map { measure in
      (measure, NoiseCeiling(measure, rows: rows, imageCount: imageCount, seed: seed))
    }
    func ceiling(_ measure: Measure) -> NoiseCeiling? { ceilings.first { $0.0 == measure }?.1 }
    let highest = ceilings.max { ($0.1?.all ?? 0) < ($1.1?.all ?? 0) }?.0 ?? .top1
    let chosen = measure ?? ((ceiling(.top1)?.all ?? 0) >= 0.95 ? .top1 : highest)
    let values = rows.map { chosen.goodness($0) }
    guard values.allSatisfy(\.isFinite), values.contains(where: { $0 != values[0] }) else {
      throw BenchmarkError(
        "\(path): all configurations have the same \(chosen.rawValue); there is nothing to rank")
    }
    self.measure = chosen
    self.ceiling = ceiling(chosen)
    self.values = values
  }
}
