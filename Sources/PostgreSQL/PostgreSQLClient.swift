import Foundation
import Foundations
import Synchronization

/// A connection that is made again where it is lost, because the server is started anew or the network drops.
public final class PostgreSQLClient: Sendable {
  /// Where the database is.
  public let address: PostgreSQLAddress
  private let context: WorkContext
  private let patience: Duration
  /// Keeps the statements of one piece of work together.
  private let turn = NSLock()
  private let connection: Mutex<PostgreSQLConnection?>

  /// Connects.
  ///
  /// - Parameters:
  ///   - address: where the database is.
  ///   - context: hears of lost connections, and says whether waiting for them is to stop.
  ///   - patience: how long a lost connection is tried again.
  /// - Throws: ``PostgreSQLError`` at once where there is no connection to begin with.
  public init(
    _ address: PostgreSQLAddress, context: WorkContext = WorkContext(), patience: Duration = .seconds(120)
  ) throws {
    self.address = address
    self.context = context
    self.patience = patience
    connection = Mutex(try PostgreSQLConnection(address))
  }

  /// Runs `body`, again from its beginning where the connection was lost or another transaction was in the way.
  ///
  /// - Parameter body: what does no harm twice, as it may be done though the server could not say so.
  /// - Throws: ``PostgreSQLError`` where the connection does not come back in time, `WorkInterrupted` where waiting is to stop.
  public func run<Result>(_ body: (PostgreSQLConnection) throws -> Result) throws -> Result {
    try turn.withLock {
      let start = ContinuousClock.now
      var delay = 0.1
      while true {
        do {
          return try body(try connected())
        } catch let error as PostgreSQLError where error.isPassing {
          if error.isConnectionLost { connection.withLock { $0 = nil } }
          guard ContinuousClock.now - start < patience else {
            throw PostgreSQLError(
              "\(error.description); it did not come back within \(patience.components.seconds) s, what was finished is kept",
              kind: .unavailable, isConnectionLost: true)
          }
          if delay == 0.1, error.isConnectionLost {
            context.notice("\(address.url): the connection was lost; trying again")
          }
          try context.checkCancellation("with what is in the store")
          // Many that lost it together do not come back together.
          Thread.sleep(forTimeInterval: delay * .random(in: 0.5...1))
          delay = min(2 * delay, 5)
        }
      }
    }
  }

  private func connected() throws -> PostgreSQLConnection {
    if let known = connection.withLock({ $0 }) { return known }
    let made = try PostgreSQLConnection(address)
    connection.withLock { $0 = made }
    return made
  }
}
