import Foundation
import Foundations

/// A folder whose runs are shown; nothing beyond it is, whatever its links point to.
public struct WatchedFolder: Sendable {
  /// As it was named.
  public let name: String
  /// Where it lies, without links.
  let path: String

  /// Names a folder.
  ///
  /// - Throws: `FileError` where there is no such folder, or it cannot be read.
  public init(_ name: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder) else {
      throw FileError(.noInput, "\(name): no such folder")
    }
    guard isFolder.boolValue else {
      throw FileError(.noInput, "\(name): is a file; the folder that holds runs is needed")
    }
    guard let path = Self.resolved(name), access(path, R_OK | X_OK) == 0 else {
      throw FileError(.noInput, "\(name): cannot be read; check its permissions")
    }
    self.name = name
    self.path = path
  }

  /// Whether a path leads to something in the folder when all links are followed.
  package func holds(_ other: String) -> Bool {
    guard let resolved = Self.resolved(other) else { return false }
    return resolved == path || resolved.hasPrefix(path == "/" ? "/" : path + "/")
  }

  private static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
