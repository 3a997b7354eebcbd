import Foundation
import Foundations
import PostgreSQL

extension SharedStore {
  /// Bytes of a piece, the last of a file may be smaller: little enough for a server with a few connections at once.
  static let pieceSize = 2 << 20

  /// Adds the content of a file under its SHA-256 digest; what is there stays.
  ///
  /// - Parameters:
  ///   - content: the bytes.
  ///   - progress: receives how many pieces were sent.
  /// - Returns: the digest.
  @discardableResult
  public func add(_ content: Data, progress: ProgressHandler? = nil) throws -> String {
    let digest = sha256(content)
    let isThere = try client.run { connection in
      try connection.run(
        "INSERT INTO emq.file (digest, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [.text(digest), .integer(content.count)])
      return try connection.run("SELECT is_complete FROM emq.file WHERE digest = $1", [.text(digest)]).first?
        .boolean("is_complete") ?? false
    }
    if isThere { return digest }
    let starts = Array(stride(from: 0, to: content.count, by: Self.pieceSize))
    for (number, start) in starts.enumerated() {
      let end = min(content.count, start + Self.pieceSize)
      let piece = Data(content[content.startIndex + start..<content.startIndex + end])
      try client.run {
        _ = try $0.run(
          "INSERT INTO emq.piece VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
          [.text(digest), .integer(number), .bytes(piece)])
      }
      progress?(WorkProgress(completed: number + 1, total: starts.count))
    }
    try client.run {
      _ = try $0.run("UPDATE emq.file SET is_complete = true WHERE digest = $1", [.text(digest)])
    }
    return digest
  }

  /// The path of a stored file in a cache, where it is fetched to if it is not there yet.
  ///
  /// - Parameters:
  ///   - digest: the SHA-256 digest of its content.
  ///   - cache: a folder, which is made where it is missing.
  ///   - progress: receives how many pieces came.
  /// - Throws: ``SharedStoreError`` where the store has no such file, or its content is damaged.
  public func fetch(_ digest: String, into cache: String, progress: ProgressHandler? = nil) throws -> String {
    try AtomicFile.makeFolder(cache)
    let path = "\(cache)/\(digest)"
    if FileManager.default.fileExists(atPath: path), try sha256(AtomicFile.read(path)) == digest {
      return path
    }
    let found = try client.run {
      try $0.run("SELECT bytes FROM emq.file WHERE digest = $1 AND is_complete", [.text(digest)])
    }
    guard let bytes = try found.first?.integer("bytes") else {
      throw SharedStoreError("\(name): has no file \(digest); putting the job in again adds it")
    }
    let count = (bytes + Self.pieceSize - 1) / Self.pieceSize
    try AtomicFile.write(to: path) { temporary in
      guard FileManager.default.createFile(atPath: temporary, contents: nil),
        let file = FileHandle(forWritingAtPath: temporary)
      else { throw FileError(.cannotCreate, "\(path): cannot create this file") }
      defer { try? file.close() }
      for number in 0..<count {
        let rows = try client.run {
          try $0.run(
            "SELECT content FROM emq.piece WHERE digest = $1 AND number = $2",
            [.text(digest), .integer(number)])
        }
        guard let row = rows.first else { throw isDamaged(digest) }
        do { try file.write(contentsOf: try row.bytes("content")) } catch let error as CocoaError {
          throw FileError(.inputOutput, "\(path): cannot write this file: \(error.localizedDescription)")
        }
        progress?(WorkProgress(completed: number + 1, total: count))
      }
      guard try sha256(AtomicFile.read(temporary)) == digest else { throw isDamaged(digest) }
    }
    return path
  }

  private func isDamaged(_ digest: String) -> SharedStoreError {
    SharedStoreError("\(name): the file \(digest) is damaged; delete it there and put the job in again")
  }

  /// Where files are fetched to if nobody names a folder.
  public static var usualCache: String {
    let environment = ProcessInfo.processInfo.environment
    let base = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "/tmp")/.cache"
    return "\(base)/emq"
  }
}
