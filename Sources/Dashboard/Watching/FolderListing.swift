import Foundation

/// The names in a folder, by what they are; links and special files are left out.
struct FolderListing {
  /// Plain files, in alphabetical order.
  private(set) var files: [String] = []
  /// Folders, in alphabetical order.
  private(set) var folders: [String] = []
  /// How many names there are, with those that are left out.
  private(set) var count = 0

  /// Lists a folder; empty where there is none or it cannot be read.
  ///
  /// - Parameter limit: how many names are looked at.
  init(_ path: String, limit: Int) {
    guard let folder = opendir(path) else { return }
    defer { closedir(folder) }
    while count < limit, let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      count += 1
      // Hidden folders hold caches and version control.
      guard !name.hasPrefix(".") else { continue }
      var kind = Int(entry.pointee.d_type)
      if kind == Int(DT_UNKNOWN) {
        var status = stat()
        guard lstat("\(path)/\(name)", &status) == 0 else { continue }
        kind = Int((status.st_mode & S_IFMT) >> 12)
      }
      switch kind {
      case Int(DT_REG): files.append(name)
      case Int(DT_DIR): folders.append(name)
      default: break
      }
    }
    files.sort()
    folders.sort()
  }
}
