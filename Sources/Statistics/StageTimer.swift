import Foundation
import LayerStatistics
import Synchronization

/// Adds up the wall-clock seconds of stages.
public final class StageTimer: Sendable {
  private let sums = Mutex<[StatisticsStage: Double]>([:])

  /// Makes a timer at zero.
  public init() {}

  /// Seconds by stage.
  public var seconds: [StatisticsStage: Double] { sums.withLock { $0 } }

  /// Runs `body` and adds its seconds to a stage.
  public func measure<Result>(_ stage: StatisticsStage, _ body: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    defer {
      let duration = ContinuousClock.now - start
      let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
      sums.withLock { $0[stage, default: 0] += seconds }
    }
    return try body()
  }

  /// Runs `body` with a timer, if there is one.
  static func measured<Result>(
    _ timer: StageTimer?, _ stage: StatisticsStage, _ body: () throws -> Result
  ) rethrows -> Result {
    try timer?.measure(stage, body) ?? body()
  }
}
