import Foundations
import Synchronization
import Testing

@Suite("Where time goes")
struct StageProfileTests {
  @Test("time within an inner stage counts for it alone, and all of it is shown")
  func nested() {
    let clock = Mutex(StageProfile.Usage(seconds: 100, processorSeconds: 7, peakBytes: 10))
    func pass(_ seconds: Double, peak: Int = 0) {
      clock.withLock {
        $0.seconds += seconds
        $0.processorSeconds += 2 * seconds
        $0.peakBytes = max($0.peakBytes, peak)
      }
    }
    let profile = StageProfile(now: { clock.withLock { $0 } })
    let context = WorkContext().showing(profile.stage)
    pass(1)
    context.stage("outer") { _ in
      pass(2)
      context.stage("inner") { _ in pass(4, peak: 30) }
      pass(8)
    }
    context.stage("inner") { _ in pass(16) }
    pass(32, peak: 50)

    let rows = profile.rows
    #expect(rows.map(\.title) == ["outer", "inner", nil])
    #expect(rows.map(\.count) == [1, 2, 0])
    #expect(rows.map(\.seconds) == [10, 20, 33])
    #expect(rows.map(\.processorSeconds) == [20, 40, 66])
    #expect(rows.map(\.peakBytes) == [30, 30, 50])
    let all = StageProfile.Row.total(of: rows)
    #expect(all.seconds == 63 && all.peakBytes == 50)
  }

  @Test("a process has used time and memory")
  func usage() {
    let before = StageProfile.Usage.now()
    var sum = 0.0
    for index in 0..<2_000_000 { sum += Double(index).squareRoot() }
    let after = StageProfile.Usage.now()
    #expect(sum > 0 && after.processorSeconds > before.processorSeconds && after.seconds > before.seconds)
    #expect(after.peakBytes > 1 << 20)
  }
}
