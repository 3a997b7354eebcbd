import Synchronization

/// Counts calls from any thread.
final class CallCounter: Sendable {
  private let calls = Atomic<Int>(0)
  var value: Int { calls.load(ordering: .relaxed) }
  func count() { calls.add(1, ordering: .relaxed) }
}
