import Synchronization

/// Remembers values up to a limit of their size; what was not asked for lately is forgotten first.
///
/// Entries live in a younger and an older half. When the younger one is full it becomes the older one, and what that
/// held is forgotten; an entry of the older half that is asked for comes back to the younger.
///
/// - Complexity: O(1) for each access.
final class GenerationCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct State {
    var younger: [Key: (value: Value, size: Int)] = [:]
    var older: [Key: (value: Value, size: Int)] = [:]
    var size = 0
  }

  private let state = Mutex(State())
  private let limit: Int
  private let whenForgotten: @Sendable () -> Void

  /// - Parameter whenForgotten: called each time that entries were forgotten.
  init(limit: Int, whenForgotten: @escaping @Sendable () -> Void = {}) {
    self.limit = limit
    self.whenForgotten = whenForgotten
  }

  subscript(key: Key) -> Value? {
    state.withLock { state in
      if let entry = state.younger[key] { return entry.value }
      guard let entry = state.older.removeValue(forKey: key) else { return nil }
      insert(entry.value, for: key, size: entry.size, into: &state)
      return entry.value
    }
  }

  func insert(_ value: Value, for key: Key, size: Int) {
    guard size <= limit / 2 else { return }
    state.withLock { insert(value, for: key, size: size, into: &$0) }
  }

  private func insert(_ value: Value, for key: Key, size: Int, into state: inout State) {
    if state.size + size > limit / 2 {
      let isForgetting = !state.older.isEmpty
      state.older = state.younger
      state.younger = [:]
      state.size = 0
      if isForgetting { whenForgotten() }
    }
    if state.younger.updateValue((value, size), forKey: key) == nil { state.size += size }
  }
}
