import Foundation

/// An error in reading or writing a file.
public struct FileError: DescribedError {
  /// The kind of trouble.
  public let kind: FailureKind
  /// What is wrong, in which file, and what would be right.
  public let description: String

  /// Makes an error about a file.
  public init(_ kind: FailureKind, _ description: String) {
    self.kind = kind
    self.description = description.inOneLine
  }
}

/// Files that are written whole or not at all.
///
/// Data goes to a temporary file in the same folder, is flushed to the disk, and then renamed over the
/// destination, so a reader never sees half a file and a failure leaves what was there before.
public enum AtomicFile {
  /// Writes `data` to `path`.
  ///
  /// - Throws: ``FileError`` where the folder is missing or read-only, or the disk is full.
  public static func write(_ data: Data, to path: String) throws {
    try write(to: path) { temporary in
      let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
      guard descriptor >= 0 else { throw failure("create", path) }
      defer { close(descriptor) }
      try data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
        var offset = 0
        while offset < bytes.count {
          let written = Glibc.write(
            descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
          if written < 0 && errno == EINTR { continue }
          guard written > 0 else { throw failure("write", path) }
          offset += written
        }
      }
      guard fsync(descriptor) == 0 else { throw failure("write", path) }
    }
  }

  /// Lets `body` write a temporary file beside `path`, then renames it to `path`.
  ///
  /// The temporary file is removed where `body` throws.
  public static func write(to path: String, _ body: (_ temporary: String) throws -> Void) throws {
    let temporary = PartialFile.name(beside: path)
    PartialFile.removeOrphans(beside: path)
    do {
      try body(temporary)
      guard rename(temporary, path) == 0 else { throw failure("replace", path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Lets `body` write a temporary file beside `path`, then gives it that name unless another file has it by then.
  ///
  /// The temporary file is removed where `body` throws.
  public static func create(_ path: String, _ body: (_ temporary: String) throws -> Void) throws {
    let temporary = PartialFile.name(beside: path)
    PartialFile.removeOrphans(beside: path)
    unlink(temporary)
    defer { unlink(temporary) }
    try body(temporary)
    guard link(temporary, path) != 0, errno != EEXIST else { return }
    // Some file systems have no links.
    guard rename(temporary, path) == 0 else { throw failure("create", path) }
  }

  /// Checks that a file can be written before work for it is begun.
  ///
  /// - Parameters:
  ///   - path: the file that is to be written.
  ///   - inputs: files that it must not take the place of; what follows a `#` is no part of a name.
  /// - Throws: ``FileError`` where the folder is missing or read-only, or a folder or an input has the name.
  public static func requireWritable(_ path: String, keeping inputs: [String?] = []) throws {
    func resolved(_ path: String) -> String {
      URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
    for input in inputs.compactMap({ $0 }) {
      let file = input.split(separator: "#", omittingEmptySubsequences: false).first.map(String.init) ?? input
      if resolved(file) == resolved(path) {
        throw FileError(.usage, "\(path): is what is read from; another name for the output is needed")
      }
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw FileError(.cannotCreate, "\(path): is a folder; the name of a file is needed")
    }
    let temporary = PartialFile.name(beside: path)
    let descriptor = open(temporary, O_WRONLY | O_CREAT, 0o644)
    guard descriptor >= 0 else { throw failure("create", path) }
    close(descriptor)
    unlink(temporary)
  }

  /// Makes the folder `path` and those above it, where they are missing.
  ///
  /// - Throws: ``FileError`` where that cannot be done.
  public static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError(
        .cannotCreate, "\(path): cannot create this folder; name one in a place you may write to")
    }
  }

  /// Reads the whole of the file at `path`.
  ///
  /// - Throws: ``FileError`` of kind ``FailureKind/noInput`` where it is missing, a folder or unreadable.
  public static func read(_ path: String) throws -> Data {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileError(.noInput, "\(path): no such file")
    }
    guard !isFolder.boolValue else { throw FileError(.noInput, "\(path): is a folder; name a file") }
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw FileError(.noInput, "\(path): cannot be read; check its permissions")
    }
  }

  private static func failure(_ action: String, _ path: String) -> FileError {
    let code = errno
    let reason = String(cString: strerror(code))
    let kind: FailureKind = code == ENOSPC || code == EIO || code == EDQUOT ? .inputOutput : .cannotCreate
    return FileError(kind, "\(path): cannot \(action) this file: \(reason)")
  }
}
