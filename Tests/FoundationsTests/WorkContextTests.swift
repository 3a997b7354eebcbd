import Foundations
import Synchronization
import Testing

@Suite("Work context")
struct WorkContextTests {
  @Test("shows each stage from its beginning to its end, also where it fails")
  func stages() {
    struct Failure: Error {}
    let events = Mutex<[String]>([])
    let context = WorkContext(begin: { title in
      events.withLock { $0.append("begin \(title)") }
      return WorkContext.Stage(
        progress: { progress in events.withLock { $0.append("\(progress.completed)/\(progress.total)") } },
        finish: { events.withLock { $0.append("finish") } })
    })
    context.stage("first") { $0(WorkProgress(completed: 1, total: 2)) }
    #expect(throws: Failure.self) { try context.stage("second") { _ in throw Failure() } }
    #expect(events.withLock { $0 } == ["begin first", "1/2", "finish", "begin second", "finish"])
  }

  @Test("says where work resumes that is asked to stop", arguments: [nil, "after generation 3"])
  func cancellation(resumption: String?) throws {
    try WorkContext().checkCancellation(resumption)
    let stopped = WorkContext(isCancelled: { true })
    #expect(throws: WorkInterrupted(resumption)) { try stopped.checkCancellation(resumption) }
    #expect(WorkInterrupted(resumption).description.contains(resumption ?? "interrupted"))
    #expect(WorkInterrupted(resumption).kind == .interrupted)
  }

  @Test("has one thread or more", arguments: [(-3, 1), (0, 1), (4, 4)])
  func threads(asked: Int, expected: Int) { #expect(WorkContext(threads: asked).threads == expected) }
}
