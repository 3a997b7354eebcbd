import Dispatch
import Synchronization

/// Applies `transform` to 0 ..< `count` on up to `threads` threads and returns the results in order of index.
///
/// Work is handed out one index at a time. Where `transform` throws, the error of the lowest failing index
/// among those that ran is rethrown, and indices not yet begun are skipped. As results are merged by index,
/// they do not depend on the number of threads.
///
/// - Complexity: `count` calls of `transform`.
public func parallelMap<Result: Sendable>(
  count: Int, threads: Int, _ transform: @Sendable (Int) throws -> Result
) throws -> [Result] {
  guard count > 0 else { return [] }
  let workers = max(1, min(threads, count))
  if workers == 1 { return try (0..<count).map(transform) }

  let state = Mutex(MapState<Result>(results: Array(repeating: nil, count: count)))
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    while true {
      let index: Int? = state.withLock { state in
        guard state.failure == nil, state.next < count else { return nil }
        defer { state.next += 1 }
        return state.next
      }
      guard let index else { return }
      do {
        let result = try transform(index)
        state.withLock { $0.results[index] = result }
      } catch {
        state.withLock { state in
          if state.failure.map({ index < $0.index }) ?? true { state.failure = (index, error) }
        }
      }
    }
  }
  return try state.withLock { state in
    if let failure = state.failure { throw failure.error }
    return state.results.compactMap { $0 }
  }
}

/// What the threads of a parallel map share.
private struct MapState<Result: Sendable>: Sendable {
  var next = 0
  var results: [Result?]
  var failure: (index: Int, error: any Error)?

  init(results: [Result?]) { self.results = results }
}
