import Foundation
import Synchronization

/// Where the time of some work goes: seconds, processor seconds and memory by stage.
///
///     let profile = StageProfile()
///     try work(context.showing(profile.stage))
///     for row in profile.rows { print(row.title, row.seconds) }
///
/// Time within a stage that another stage was begun in counts for the inner one alone, so that the rows' seconds add up to
/// those since the profile was made.
public final class StageProfile: Sendable {
  /// What all stages of a name took.
  public struct Row: Sendable, Equatable {
    /// The stages' name; nil for what was done outside of stages.
    public let title: String?
    /// How many there were.
    public var count = 0
    /// Seconds by the clock.
    public var seconds = 0.0
    /// Seconds of processors, of all threads.
    public var processorSeconds = 0.0
    /// The most memory that the process had in use up to the stage's end, in bytes.
    public var peakBytes = 0

    /// What rows took together.
    public static func total(of rows: [Row]) -> Row {
      rows.reduce(into: Row(title: nil)) { all, row in
        all.count += row.count
        all.seconds += row.seconds
        all.processorSeconds += row.processorSeconds
        all.peakBytes = max(all.peakBytes, row.peakBytes)
      }
    }
  }

  /// What a process has used at some moment.
  public struct Usage: Sendable, Equatable {
    /// Seconds by the clock.
    public var seconds: Double
    /// Seconds of processors.
    public var processorSeconds: Double
    /// The most memory that was in use, in bytes.
    public var peakBytes: Int

    /// Makes a record.
    public init(seconds: Double, processorSeconds: Double, peakBytes: Int) {
      self.seconds = seconds
      self.processorSeconds = processorSeconds
      self.peakBytes = peakBytes
    }

    /// What this process has used until now.
    public static func now() -> Usage {
      var usage = rusage()
      #if canImport(Darwin)
        getrusage(RUSAGE_SELF, &usage)
        let unit = 1
      #else
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let unit = 1024
      #endif
      func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
      return Usage(
        seconds: ProcessInfo.processInfo.systemUptime,
        processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peakBytes: Int(usage.ru_maxrss) * unit)
    }
  }

  private struct State {
    var rows: [Row] = [Row(title: nil)]
    /// Stages that are open, by their number and their row; the last one is charged.
    var open: [(number: Int, row: Int)] = []
    var begun = 0
    var last: Usage

    /// Charges what was used since the last change to the innermost stage.
    mutating func charge(_ usage: Usage) {
      let row = open.last?.row ?? 0
      rows[row].seconds += usage.seconds - last.seconds
      rows[row].processorSeconds += usage.processorSeconds - last.processorSeconds
      rows[row].peakBytes = max(rows[row].peakBytes, usage.peakBytes)
      last = usage
    }
  }

  private let state: Mutex<State>
  private let now: @Sendable () -> Usage

  /// Makes a profile that begins now.
  ///
  /// - Parameter now: what has been used at the moment.
  public init(now: @escaping @Sendable () -> Usage = Usage.now) {
    self.now = now
    state = Mutex(State(last: now()))
  }

  /// Begins a stage, which is charged until it is finished.
  public func stage(_ title: String) -> WorkContext.Stage {
    let usage = now()
    let number = state.withLock { state in
      state.charge(usage)
      let row = state.rows.firstIndex { $0.title == title } ?? state.rows.count
      if row == state.rows.count { state.rows.append(Row(title: title)) }
      state.rows[row].count += 1
      state.begun += 1
      state.open.append((state.begun, row))
      return state.begun
    }
    return WorkContext.Stage(progress: { _ in }, finish: { [self] in finish(number) })
  }

  private func finish(_ number: Int) {
    let usage = now()
    state.withLock { state in
      state.charge(usage)
      state.open.removeAll { $0.number == number }
    }
  }

  /// The stages in the order in which they first began, then what was done outside of them.
  public var rows: [Row] {
    let usage = now()
    return state.withLock { state in
      state.charge(usage)
      return Array(state.rows.dropFirst()) + [state.rows[0]]
    }
  }
}
