import Foundation
import Foundations

/// How long a stage still takes, from the pace so far.
///
/// A stage's first report is of its first piece; what was done before that was there already, as in a search that is
/// resumed. Counts after a complete one, or of another total, begin another round of the stage; reports of several threads
/// may overtake each other.
struct ProgressEstimate: Sendable {
  private struct Round {
    let start: Date
    let firstReport: Date
    let before: Int
    let total: Int
    var completed: Int
  }

  /// From so many pieces on, the time before the first report, in which things are prepared, is left out.
  private static let manyPieces = 20

  private let start: Date
  private var round: Round?

  /// Begins with nothing done.
  init(start: Date) { self.start = start }

  /// Takes a report.
  mutating func take(_ progress: WorkProgress, at time: Date) {
    if let round, round.total == progress.total,
      progress.completed >= round.completed || round.completed < round.total
    {
      self.round?.completed = max(round.completed, progress.completed)
      return
    }
    round = Round(
      start: round == nil ? start : time, firstReport: time, before: max(0, progress.completed - 1),
      total: progress.total, completed: progress.completed)
  }

  /// The time that is left; nil where too little was done yet, or nobody knows how much there is.
  func left(at time: Date) -> String? {
    guard let round, round.total > 0 else { return nil }
    let done = round.completed - round.before
    let remaining = Double(max(0, round.total - round.completed))
    if done > Self.manyPieces {
      return Self.duration(time.timeIntervalSince(round.firstReport) / Double(done - 1) * remaining)
    }
    // Of a hundredth and less, the time of preparing would be taken for that of working.
    guard done > 0, done * 100 >= round.total - round.before else { return nil }
    return Self.duration(time.timeIntervalSince(round.start) / Double(done) * remaining)
  }

  /// A time in words: 42 s, 3 min 20 s or 2 h 5 min.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(min(max(0, seconds), 1e9).rounded())
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
