import CPostgreSQL

/// Where a database is: a URL as libpq takes it, without a password.
///
///     let address = try PostgreSQLAddress("postgres://worker@db01/emq?sslmode=verify-full#resnet20")
///
/// What libpq knows else is its own: password files (`PGPASSFILE`), services (`PGSERVICE`), TLS (`sslmode`). A `#` and a name
/// at the end say which of the things in the database is meant.
public struct PostgreSQLAddress: Sendable, Equatable, CustomStringConvertible {
  /// The URL without the name at its end.
  public let url: String
  /// What follows the `#`; nil where there is none.
  public let name: String?

  private static let schemes = ["postgres://", "postgresql://"]

  /// Whether a text is to be read as such a URL rather than as the name of a file.
  public static func isAddress(_ text: String) -> Bool { schemes.contains { text.hasPrefix($0) } }

  /// Reads a URL.
  ///
  /// - Throws: ``PostgreSQLError`` where it is none or has a password in it, which lists of processes would show.
  public init(_ text: String) throws {
    guard let scheme = Self.schemes.first(where: { text.hasPrefix($0) }) else {
      throw PostgreSQLError(
        "'\(text)': is no URL of a database; postgres://user@host/database is needed", kind: .usage)
    }
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    url = parts[0]
    name = parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil
    let settings = try Self.settings(of: url, scheme: scheme)
    if settings.contains(where: { $0.name == "password" || $0.name == "sslpassword" }) {
      throw PostgreSQLError(
        "\(scheme)…: has a password in it, which lists of processes show; a password file, such as ~/.pgpass or the one that"
          + " PGPASSFILE names, is the place for it", kind: .usage)
    }
  }

  /// What the URL sets, by libpq's names.
  private static func settings(
    of url: String, scheme: String
  ) throws -> [(name: String, value: String)] {
    // What libpq says of a URL that it cannot read may quote a password.
    guard let options = PQconninfoParse(url, nil) else {
      throw PostgreSQLError(
        "\(scheme)…: cannot be read as the URL of a database; \(scheme)user@host/database is needed",
        kind: .usage)
    }
    defer { PQconninfoFree(options) }
    var found: [(name: String, value: String)] = []
    var option = options
    while let name = option.pointee.keyword {
      if let value = option.pointee.val { found.append((String(cString: name), String(cString: value))) }
      option += 1
    }
    return found
  }

  /// The URL, with the name where it has one.
  public var description: String { name.map { "\(url)#\($0)" } ?? url }
}
