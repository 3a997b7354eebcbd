import Foundations

/// A database that cannot be reached or did not do what it was asked.
public struct PostgreSQLError: DescribedError {
  /// The kind of trouble.
  public let kind: FailureKind
  /// What is wrong, at which database, and what would be right.
  public let description: String
  /// The five letters that SQL has for the error; nil where the server did not say it.
  public let state: String?
  /// Whether the connection is gone.
  public let isConnectionLost: Bool

  /// Makes an error that the server did not tell.
  public init(_ description: String, kind: FailureKind = .data, isConnectionLost: Bool = false) {
    self.kind = kind
    self.description = Self.line(description)
    self.isConnectionLost = isConnectionLost
    state = nil
  }

  /// Says an error of a statement in one line.
  ///
  /// - Parameters:
  ///   - state: the five letters that SQL has for the error.
  ///   - message: what the server said.
  ///   - address: what the database is called.
  ///   - isConnectionLost: whether the connection is gone.
  init(state: String, message: String, address: String, isConnectionLost: Bool) {
    let message = Self.line(message)
    let (kind, text): (FailureKind, String) =
      switch state {
      case "42501":
        (.cannotCreate, "the role has not the right for it (\(message)); a role that may write is needed")
      case "25006":
        (.cannotCreate, "can only be read (\(message)); a database that may be written is needed")
      case "53100": (.inputOutput, "the server's disk is full (\(message)); what was finished is kept")
      case "53200": (.inputOutput, "the server has no memory left (\(message)); what was finished is kept")
      case "3F000", "42P01", "42703":
        (.data, "has not the tables of this program (\(message))")
      default: (isConnectionLost ? .unavailable : .inputOutput, message)
      }
    self.kind = kind
    self.state = state
    self.isConnectionLost = isConnectionLost || Self.statesOfEndingServers.contains(state)
    description = "\(address): \(text)"
  }

  /// The server is being shut down, has crashed, is starting, or has no place for another connection.
  private static let statesOfEndingServers: Set = ["57P01", "57P02", "57P03", "53300", "08000", "08006"]

  /// Whether the same again may do, because the connection was lost or another transaction was in the way.
  public var isPassing: Bool { isConnectionLost || state == "40001" || state == "40P01" }

  /// Several lines as one.
  static func line(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.trimming { $0.isWhitespace } }.filter { !$0.isEmpty }
      .joined(separator: " ")
  }
}

extension Substring {
  fileprivate func trimming(_ isTaken: (Character) -> Bool) -> Substring {
    let start = drop(while: isTaken)
    return start[..<(start.lastIndex { !isTaken($0) }.map { start.index(after: $0) } ?? start.startIndex)]
  }
}
