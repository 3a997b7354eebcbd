import Foundation

/// Files that are being written beside the ones whose names they will get.
enum PartialFile {
  private static let ending = "partial"

  /// This host's name, as far as names of files may hold it: folders may be shared by hosts, whose processes have the same
  /// numbers.
  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "host" }
    let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(text.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }.prefix(32))
  }

  /// What this process writes before it is given the name `path`.
  static func name(beside path: String) -> String { "\(path).\(host).\(getpid()).\(ending)" }

  /// Removes what processes of this host that are no more left beside `path`, as they were killed.
  static func removeOrphans(beside path: String) {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    let start = "\(url.lastPathComponent).\(host)."
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
    for name in names where name.hasPrefix(start) {
      // SQLite's journals have names that begin with their database's.
      let parts = name.dropFirst(start.count).split(separator: ".", maxSplits: 1)
      guard parts.count == 2, parts[1].hasPrefix(ending), let process = Int32(parts[0]), process > 0,
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      unlink("\(folder)/\(name)")
    }
  }
}
