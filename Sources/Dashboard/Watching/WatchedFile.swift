import Foundation

/// Reads plain files of watched folders; whatever else bears the name (a link, a pipe, a folder) is not there.
enum WatchedFile {
  /// What tells one content of a file from the next.
  struct Stamp: Equatable, Sendable {
    let device: UInt64
    let inode: UInt64
    let size: Int
    /// When it was written last, seconds since 1970.
    let modified: Double

    /// When it was written last.
    var date: Date { Date(timeIntervalSince1970: modified) }

    fileprivate init?(_ status: stat) {
      guard status.st_mode & S_IFMT == S_IFREG else { return nil }
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      size = Int(status.st_size)
      modified = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    }
  }

  /// The stamp of a plain file; nil where there is none.
  static func stamp(_ path: String) -> Stamp? {
    var status = stat()
    return lstat(path, &status) == 0 ? Stamp(status) : nil
  }

  /// The content of a plain file from a byte on; nil where there is none, or it cannot be read or is longer than `limit`.
  static func content(_ path: String, from offset: Int = 0, limit: Int = 64 << 20) -> Data? {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0, let stamp = Stamp(status), stamp.size - offset <= limit,
      (try? handle.seek(toOffset: UInt64(offset))) != nil
    else { return nil }
    return try? handle.read(upToCount: max(0, limit)) ?? Data()
  }
}
