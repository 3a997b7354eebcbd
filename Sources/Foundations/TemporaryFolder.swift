import Foundation

/// A folder that is there while a piece of work lasts.
public enum TemporaryFolder {
  /// Runs `body` with the path of a new folder, which is removed afterwards with all that lies in it.
  ///
  /// - Throws: ``FileError`` where it cannot be made, and what `body` throws.
  public static func with<Result>(_ body: (_ folder: String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("emq-\(UUID().uuidString)")
      .path
    try AtomicFile.makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }
}
