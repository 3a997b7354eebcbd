import Network
import Synchronization
import Torch

/// Passes through a network that are given up one by one, so that what each held is free as soon as it has gone on.
final class HeldStates: Sendable {
  private let states: Mutex<[ForwardState?]>
  let count: Int

  /// Takes passes from where they were, which is empty then.
  init(_ states: inout [ForwardState]) {
    count = states.count
    let taken = states
    states = []
    self.states = Mutex(taken)
  }

  /// Gives up a pass.
  func take(_ index: Int) throws -> ForwardState {
    let state = states.withLock { states in
      defer { states[index] = nil }
      return states[index]
    }
    guard let state else { throw TorchError(operation: "advance", reason: "pass \(index) went on already") }
    return state
  }
}
