import Foundations
import Testing

@Suite("Parallel maps")
struct ParallelMapTests {
  @Test("a parallel map keeps the order and reports the lowest failing index", arguments: [1, 2, 7])
  func parallel(threads: Int) throws {
    #expect(try parallelMap(count: 100, threads: threads) { $0 * $0 } == (0..<100).map { $0 * $0 })
    struct Failure: Error, Equatable { let index: Int }
    #expect(throws: Failure(index: 3)) {
      _ = try parallelMap(count: 4, threads: threads) { index in
        if index == 3 { throw Failure(index: index) }
        return index
      }
    }
  }
}
