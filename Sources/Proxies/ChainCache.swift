import Synchronization
import Torch

/// Remembers tensors of formulas' parts up to a memory limit; when it is full, all are forgotten.
final class ChainCache: Sendable {
  private struct State {
    var entries: [Expression: [Tensor]] = [:]
    var bytes = 0
  }

  private let state = Mutex(State())
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  subscript(expression: Expression) -> [Tensor]? { state.withLock { $0.entries[expression] } }

  func insert(_ tensors: [Tensor], for expression: Expression) {
    let size = tensors.reduce(0) { $0 + $1.count * $1.elementType.byteCount }
    guard size <= limit else { return }
    state.withLock { state in
      if state.bytes + size > limit { state = State() }
      if state.entries.updateValue(tensors, forKey: expression) == nil { state.bytes += size }
    }
  }
}
