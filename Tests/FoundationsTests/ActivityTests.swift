import Foundation
import Foundations
import Synchronization
import TestSupport
import Testing

@Suite("Activity of commands")
struct ActivityTests {
  /// A clock that stands still unless it is moved.
  private final class Clock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_000_000))
    var now: Date { time.withLock { $0 } }
    func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
  }

  private func read(_ path: String) throws -> Activity {
    try Activity(Data(contentsOf: URL(fileURLWithPath: path)), source: path)
  }

  @Test("is written when something changed or a heartbeat is due, and goes in the end")
  func lifeCycle() throws {
    try TestFiles.withFolder { folder in
      let (clock, path) = (Clock(), Activity.path(besides: "\(folder)/small.onnx"))
      let recorder = ActivityRecorder(
        command: "compress", output: "small.onnx", path: path, now: { clock.now })
      #expect(!recorder.writeIfDue())
      let context = WorkContext().showing(recorder.stage)

      let stage = context.beginStage("statistics")
      clock.advance(2)
      stage.progress(WorkProgress(completed: 10, total: 40, note: "layer a"))
      clock.advance(5)
      stage.progress(WorkProgress(completed: 20, total: 40, note: "layer b"))
      #expect(recorder.writeIfDue())
      let written = try read(path)
      #expect(written.command == "compress" && written.output == "small.onnx")
      #expect(written.process == getpid() && written.written == clock.now)
      #expect(written.stage?.name == "statistics" && written.stage?.share == 0.5)
      #expect(written.stage?.note == "layer b")
      #expect(written.stage?.secondsLeft(at: clock.now) == 10)
      #expect(written.isAlive(at: clock.now) && !written.isAlive(at: clock.now + 31))

      #expect(!recorder.writeIfDue())
      clock.advance(Activity.heartbeat)
      #expect(recorder.writeIfDue())

      stage.finish()
      stage.finish()
      context.stage("statistics") { _ in clock.advance(3) }
      #expect(recorder.writeIfDue())
      let between = try read(path)
      #expect(between.stage == nil)
      #expect(between.finished == [.init(name: "statistics", seconds: 20)])

      recorder.end(isKept: false)
      #expect(!FileManager.default.fileExists(atPath: path))
      context.stage("late") { _ in }
      #expect(!recorder.writeIfDue())
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test("stays where work was interrupted; that of a process which is gone is dead")
  func interrupted() throws {
    try TestFiles.withFolder { folder in
      let path = Activity.path(in: folder)
      let recorder = ActivityRecorder(command: "search", output: folder, path: path)
      let stage = recorder.stage("search")
      stage.progress(WorkProgress(completed: 1, total: 2))
      recorder.end(isKept: true)
      var kept = try read(path)
      #expect(kept.stage?.completed == 1)
      #expect(kept.isAlive(at: Date()))
      // No process has a number beyond Linux's limit.
      kept.process = 1 << 30
      #expect(!kept.isAlive(at: Date()))
    }
  }

  @Test("the stage that was heard of last is the one that is shown")
  func sideBySide() throws {
    try TestFiles.withFolder { folder in
      let path = Activity.path(in: folder)
      let recorder = ActivityRecorder(command: "benchmark build", output: "b", path: path)
      let (rounding, measuring) = (recorder.stage("rounding"), recorder.stage("benchmark"))
      rounding.progress(WorkProgress(completed: 3, total: 4))
      recorder.writeIfDue()
      let first = try read(path)
      #expect(first.stage?.name == "rounding")
      rounding.finish()
      measuring.progress(WorkProgress(completed: 1, total: 9))
      recorder.writeIfDue()
      let second = try read(path)
      #expect(second.stage?.name == "benchmark")
    }
  }

  @Test("work goes on where its file cannot be written")
  func unwritable() {
    let recorder = ActivityRecorder(command: "train", output: "x", path: "/nonexistent/folder/activity.json")
    recorder.stage("train").finish()
    #expect(!recorder.writeIfDue())
    recorder.end(isKept: false)
  }

  @Test("of a damaged file is an error in one line", arguments: ["", "{", "[]", "{\"command\": 3}"])
  func damaged(text: String) {
    #expect(throws: FileError.self) { try Activity(Data(text.utf8), source: "a.json") }
  }
}
