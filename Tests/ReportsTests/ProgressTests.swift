import Foundation
import Foundations
import Reports
import Synchronization
import Testing

/// A clock that stands until it is moved, and what was written.
private final class Stage: Sendable {
  private let time = Mutex(0.0)
  private let shown = Mutex<[String]>([])

  var now: @Sendable () -> Date { { [self] in Date(timeIntervalSince1970: time.withLock { $0 }) } }
  var write: @Sendable (String) -> Void { { [self] text in shown.withLock { $0.append(text) } } }
  var lines: [String] { shown.withLock { $0 } }

  func at(_ seconds: Double) { time.withLock { $0 = seconds } }
}

private func terminal(width: Int = 80, _ environment: [String: String] = [:]) -> Terminal {
  Terminal(isTerminal: true, reportedWidth: width, environment: environment)
}

@Suite("Progress bars")
struct ProgressBarTests {
  private func shown(
    _ progress: WorkProgress, title: String = "work", on terminal: Terminal, after seconds: Double = 4
  ) -> String {
    let stage = Stage()
    let bar = ProgressBar(title: title, terminal: { terminal }, now: stage.now, write: stage.write)
    // The first report is of the first piece.
    bar.handler(WorkProgress(completed: 1, total: progress.total))
    #expect(stage.lines.isEmpty)
    stage.at(seconds)
    bar.handler(progress)
    return stage.lines.joined().replacing(ProgressBar.eraser, with: "")
  }

  @Test("wait two seconds and stay silent where no line can be written anew", arguments: [true, false])
  func silence(isTerminal: Bool) {
    let terminal = Terminal(isTerminal: isTerminal, reportedWidth: nil, environment: ["NO_COLOR": "1"])
    let line = shown(WorkProgress(completed: 4, total: 10, note: "best 0.5"), on: terminal)
    #expect(line == (isTerminal ? "work  █████████░░░░░░░░░░░░░░░ 4/10  6 s left  best 0.5" : ""))
  }

  @Test("keep within the terminal", arguments: [10, 24, 30, 40, 60, 80, 120])
  func width(width: Int) {
    let note = "best 0.812, median 0.410, 120/s, diversity 0.42, turned away %: domain 12, range 4"
    for progress in [
      WorkProgress(completed: 40, total: 100, note: note), WorkProgress(completed: 40, total: 0, note: note),
      WorkProgress(completed: 40, total: 100),
    ] {
      let line = shown(
        progress, title: "responses from uniform:4", on: terminal(width: width, ["NO_COLOR": "1"]))
      #expect(!line.isEmpty && line.count < width, "\(line)")
      if width >= 60 { #expect(line.contains(progress.total > 0 ? "40/100" : "  40")) }
      if width >= 60, progress.total > 0 { #expect(line.contains("█") && line.contains(" s left")) }
      if width == 80, !progress.note.isEmpty { #expect(line.contains("best 0.") && line.hasSuffix("…")) }
    }
  }

  @Test("colour what is done, unless asked not to", arguments: [(nil, true), ("1", false), ("", true)])
  func color(noColor: String?, isColored: Bool) {
    let environment = noColor.map { ["NO_COLOR": $0] } ?? [:]
    let line = shown(WorkProgress(completed: 4, total: 10), on: terminal(environment))
    #expect(line.contains("\u{1B}[36m█") == isColored)
    #expect(line.contains("\u{1B}") == isColored)
  }

  @Test("tell the time that is left by what they saw done, not by what was there before")
  func resumed() {
    let stage = Stage()
    let bar = ProgressBar(
      title: "search", terminal: { terminal() }, now: stage.now, write: stage.write)
    stage.at(10)
    bar.handler(WorkProgress(completed: 901, total: 1000))
    #expect(stage.lines.last?.contains("16 min 30 s left") == true)
    stage.at(20)
    bar.handler(WorkProgress(completed: 902, total: 1000))
    #expect(stage.lines.last?.contains("16 min 20 s left") == true)
    // Another round of the same stage, once this one is complete.
    bar.handler(WorkProgress(completed: 1000, total: 1000))
    stage.at(30)
    bar.handler(WorkProgress(completed: 1, total: 10))
    stage.at(40)
    bar.handler(WorkProgress(completed: 2, total: 10))
    #expect(stage.lines.last?.contains("40 s left") == true)
  }

  @Test(
    "leave preparing out of the pace of many pieces, and are not misled by reports that overtake each other")
  func preparation() {
    let stage = Stage()
    let bar = ProgressBar(
      title: "responses", terminal: { terminal(["NO_COLOR": "1"]) }, now: stage.now, write: stage.write)
    // A minute of preparing, then a piece a second.
    for (second, count) in [(60, 1), (62, 3), (61, 2)] {
      stage.at(Double(second))
      bar.handler(WorkProgress(completed: count, total: 10_000))
    }
    #expect(stage.lines.last?.contains("? left") == true)
    for count in 4...101 {
      stage.at(Double(59 + count))
      bar.handler(WorkProgress(completed: count - (count % 2 == 0 ? 0 : 2), total: 10_000))
    }
    #expect(stage.lines.last?.contains("2 h 46 min left") == true, "\(stage.lines.last ?? "")")
  }
}

@Suite("Progress in a log")
struct ProgressLogTests {
  @Test("has a line a minute and one at the end, without escape codes")
  func lines() {
    let stage = Stage()
    let log = ProgressLog(now: stage.now, write: stage.write)
    let work = log.stage("statistics")
    for second in 1...242 {
      stage.at(Double(second))
      work.progress(WorkProgress(completed: second, total: 242))
    }
    work.finish()
    #expect(
      stage.lines == [
        "statistics: 3 of 242, 3 min 59 s left", "statistics: 63 of 242, 2 min 59 s left",
        "statistics: 123 of 242, 1 min 59 s left", "statistics: 183 of 242, 59 s left",
        "statistics: done in 4 min 2 s",
      ])
    #expect(!stage.lines.joined().contains { $0 == "\r" || $0 == "\u{1B}" })
  }

  @Test("says nothing of what is quick")
  func quick() {
    let stage = Stage()
    let log = ProgressLog(now: stage.now, write: stage.write)
    let work = log.stage("rounding")
    stage.at(2)
    work.progress(WorkProgress(completed: 1, total: 2))
    work.finish()
    #expect(stage.lines.isEmpty)
  }

  @Test("shares the minute among stages, and ends each once")
  func several() {
    let stage = Stage()
    let log = ProgressLog(now: stage.now, write: stage.write)
    for (index, title) in ["first", "second", "third"].enumerated() {
      let work = log.stage(title)
      stage.at(Double(index) * 40 + 10)
      work.progress(WorkProgress(completed: 1, total: 4, note: "best \(index)"))
      stage.at(Double(index) * 40 + 40)
      if title != "third" { work.progress(WorkProgress(completed: 4, total: 4)) }
      work.finish()
      work.finish()
    }
    #expect(
      stage.lines == [
        "first: 1 of 4, 30 s left, best 0", "first: done in 40 s",
        "second: done in 40 s", "third: 1 of 4, 30 s left, best 2",
        "third: ended after 40 s, at 1 of 4",
      ])
  }

  @Test("keeps the ends of stages within others to itself")
  func inner() {
    let stage = Stage()
    let log = ProgressLog(now: stage.now, write: stage.write)
    let outer = log.stage("sizes")
    let inner = log.stage("rounding")
    stage.at(10)
    inner.finish()
    stage.at(7300)
    outer.finish()
    #expect(stage.lines == ["sizes: done in 2 h 1 min"])
  }
}
