import Foundation
import Foundations
import PostgreSQL
import Synchronization

/// Renews leases on a thread and a connection of its own while their tasks are worked on.
public final class LeaseKeeper: Sendable {
  private struct State {
    var leases: Set<String> = []
    var isRunning = false
    var hasEnded = false
  }

  private let address: PostgreSQLAddress
  private let version: String
  private let seconds: Double
  private let state = Mutex(State())

  /// Makes a keeper, which connects with the first lease.
  ///
  /// - Parameters:
  ///   - store: where the leases are.
  ///   - seconds: how long a lease lasts; each is renewed four times as often.
  public init(_ store: SharedStore, seconds: Double) {
    address = store.client.address
    version = store.version
    self.seconds = seconds
  }

  deinit { state.withLock { $0.hasEnded = true } }

  /// Begins to renew a lease.
  public func keep(_ lease: String) {
    let starts = state.withLock { state in
      state.leases.insert(lease)
      defer { state.isRunning = true }
      return !state.isRunning
    }
    guard starts else { return }
    Thread.detachNewThread { [weak self] in
      var client: PostgreSQLClient?
      while let interval = self.map({ $0.seconds / 4 }) {
        Thread.sleep(forTimeInterval: interval)
        // Lost connections are made again the next time; a lease that ends meanwhile does no harm.
        guard let self, let leases = self.heldLeases else { return }
        if client == nil { client = try? PostgreSQLClient(self.address, patience: .zero) }
        do {
          if let client {
            try SharedStore(client, version: self.version).renew(leases, seconds: self.seconds)
          }
        } catch { client = nil }
      }
    }
  }

  /// Ends to renew a lease.
  public func leave(_ lease: String) { _ = state.withLock { $0.leases.remove(lease) } }

  /// Nil where the keeper has ended.
  private var heldLeases: [String]? { state.withLock { $0.hasEnded ? nil : Array($0.leases) } }
}
