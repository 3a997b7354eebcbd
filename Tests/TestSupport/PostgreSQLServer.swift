import Foundation
import Synchronization

/// A PostgreSQL server in a folder of its own, for as long as a test runs.
public final class PostgreSQLServer: Sendable {
  private let folder: String
  private let programs: String
  private let process = Mutex<Process?>(nil)

  /// The URL of its database, which the owner of everything connects with.
  public var url: String { url(role: "owner") }

  /// The URL that a role connects with.
  public func url(role: String) -> String {
    "postgres://\(role)@\(folder.replacingOccurrences(of: "/", with: "%2F"))/postgres"
  }

  /// Whether there is a server to start, as a user other than root where this is root's process.
  public static var isInstalled: Bool {
    folderOfPrograms != nil
      && (getuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv"))
  }

  private static var folderOfPrograms: String? {
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
      .first { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }
  }

  /// Runs `body` with a server that listens on a socket alone.
  public static func with<Result>(_ body: (PostgreSQLServer) throws -> Result) throws -> Result {
    // Names of sockets are short.
    let folder = "/tmp/emq-pg-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = PostgreSQLServer(folder: folder, programs: folderOfPrograms ?? "")
    if getuid() == 0 { try run("/bin/chown", ["nobody", folder]).waitUntilSuccess() }
    let cluster = ["-D", "\(folder)/data", "-U", "owner", "-A", "trust", "--no-sync"]
    try server.program("initdb", cluster).waitUntilSuccess()
    try server.start()
    defer { server.stop() }
    return try body(server)
  }

  private init(folder: String, programs: String) {
    self.folder = folder
    self.programs = programs
  }

  /// Starts it, again after ``stop()``.
  public func start() throws {
    let started = try program(
      "postgres",
      [
        "-D", "\(folder)/data", "-c", "listen_addresses=", "-c", "unix_socket_directories=\(folder)",
        "-c", "fsync=off", "-c", "max_connections=200",
      ])
    for _ in 0..<200 where started.isRunning {
      let asked = try program("pg_isready", ["-q", "-h", folder])
      asked.waitUntilExit()
      if asked.terminationStatus == 0 { break }
      Thread.sleep(forTimeInterval: 0.1)
    }
    process.withLock { $0 = started }
  }

  /// Ends it without waiting for its clients.
  public func stop() {
    let running = process.withLock { process in
      defer { process = nil }
      return process
    }
    running?.interrupt()
    running?.waitUntilExit()
  }

  private func program(_ name: String, _ arguments: [String]) throws -> Process {
    let command = ["\(programs)/\(name)"] + arguments
    let asNobody = ["/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    let all = getuid() == 0 ? asNobody + command : command
    return try Self.run(all[0], Array(all.dropFirst()))
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }
}

extension Process {
  fileprivate func waitUntilSuccess() throws {
    waitUntilExit()
    guard terminationStatus == 0 else {
      throw CocoaError(
        .executableLoad, userInfo: [NSLocalizedDescriptionKey: "\(executableURL?.path ?? "") failed"])
    }
  }
}
