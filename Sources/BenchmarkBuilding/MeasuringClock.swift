import Foundation
import Synchronization

/// Times what comes after the first measurement, whose beginning is not seen.
public final class MeasuringClock: Sendable {
  private let times = Mutex<[Date]>([])

  /// Makes a clock that nothing was measured by yet.
  public init() {}

  /// Takes the end of a measurement.
  public func advance() { times.withLock { $0.append(Date()) } }

  /// How many measurements there were.
  public var count: Int { times.withLock { $0.count } }

  /// Seconds from the first to the last measurement; nil where there are not two.
  public var seconds: Double? {
    times.withLock { times in
      guard let first = times.first, let last = times.last, times.count > 1 else { return nil }
      return last.timeIntervalSince(first)
    }
  }

  /// Measurements a second; nil where there are not two.
  public var rate: Double? { seconds.map { Double(times.withLock { $0.count } - 1) / max($0, 1e-9) } }
}
