import Foundations
import PostgreSQL

/// What many machines share: files, jobs, the tasks that these are done by, and rows, in a PostgreSQL database.
///
///     let store = try SharedStore(PostgreSQLAddress("postgres://worker@db01/emq"), context: context)
///     let digest = try store.add(Data(contentsOf: url))
///     let job = try store.enqueue(.init(kind: .benchmark, name: "resnet20", specification: text), tasks: names)
///
/// All tables lie in the schema `emq`.
public struct SharedStore: Sendable {
  /// What a store is opened for.
  public enum Purpose: Sendable {
    /// To read; nothing is written.
    case reading
    /// To add what others made room for; tables are made or brought up to date where the role may do that.
    case writing
  }

  /// Runs statements, on a connection that is made again where it is lost.
  public let client: PostgreSQLClient
  /// The version of this program, which jobs and rows note.
  public let version: String

  /// What messages call it.
  public var name: String { client.address.url }

  /// Opens a store.
  ///
  /// - Parameters:
  ///   - address: the database.
  ///   - version: that of this program.
  ///   - purpose: what it is opened for.
  ///   - context: hears of lost connections, and says whether waiting for them is to stop.
  /// - Throws: ``SharedStoreError`` where the tables are missing, older or newer than this program's and cannot be made so;
  ///   `PostgreSQLError` where the database cannot be reached.
  public init(
    _ address: PostgreSQLAddress, version: String = ProgramVersion.current, for purpose: Purpose = .writing,
    context: WorkContext = WorkContext()
  ) throws {
    client = try PostgreSQLClient(address, context: context)
    self.version = version
    let known = try tableVersion()
    switch purpose {
    case .reading:
      guard known > 0 else {
        throw SharedStoreError("\(name): holds no store; emq store URL makes one", kind: .noInput)
      }
    case .writing:
      if known < Self.latestTableVersion { try migrate() }
    }
    if known > Self.latestTableVersion { throw isNewer(known) }
  }

  /// The store of a client, which has been found to have the right tables before.
  init(_ client: PostgreSQLClient, version: String) {
    self.client = client
    self.version = version
  }

  /// The version of the tables that this program works with.
  package static var latestTableVersion: Int { StoreMigration.all.last?.version ?? 0 }

  /// The version of the tables; 0 where there are none.
  public func tableVersion() throws -> Int {
    try client.run(Self.tableVersion)
  }

  private static func tableVersion(_ connection: PostgreSQLConnection) throws -> Int {
    // A role that may not look into the schema gets an error that says so from the second statement.
    guard try connection.run("SELECT 1 FROM pg_namespace WHERE nspname = 'emq'").isEmpty == false else {
      return 0
    }
    let rows = try connection.run("SELECT max(version) AS version FROM emq.migration")
    return try rows.first.flatMap { $0.optionalText("version") == nil ? nil : try $0.integer("version") } ?? 0
  }

  private func isNewer(_ version: Int) -> SharedStoreError {
    SharedStoreError(
      "\(name): has tables of version \(version), which a newer emq made; this one knows version \(Self.latestTableVersion)"
    )
  }

  /// Any number that other programs are not likely to lock by.
  private static let migrationLock = 0x656D_7162

  /// Makes the steps that the tables lack, in one transaction; others that do the same wait for it.
  private func migrate() throws {
    try client.run { connection in
      try connection.transaction {
        try connection.run("SELECT pg_advisory_xact_lock($1)", [.integer(Self.migrationLock)])
        // Where the schema is there, no right to make schemas is needed.
        if try connection.run("SELECT 1 FROM pg_namespace WHERE nspname = 'emq'").isEmpty {
          try connection.run("CREATE SCHEMA emq")
        }
        try connection.run(
          """
          CREATE TABLE IF NOT EXISTS emq.migration (
            version integer PRIMARY KEY, made timestamptz NOT NULL DEFAULT clock_timestamp())
          """)
        let known = try Self.tableVersion(connection)
        for step in StoreMigration.all where step.version > known {
          try connection.runScript(step.statements)
          try connection.run("INSERT INTO emq.migration (version) VALUES ($1)", [.integer(step.version)])
        }
      }
    }
  }
}
