import Foundation
import Foundations

extension BenchmarkFile {
  /// Where the statistics that are made with a benchmark lie.
  public static func statisticsPath(of benchmark: String) -> String { benchmark + ".statistics.safetensors" }

  /// What a benchmark is called: the name of its file up to the first point.
  public static func name(of path: String) -> String {
    let file = path.split(separator: "/").last ?? ""
    return String(file.split(separator: ".").first ?? file)
  }

  /// Reads an SQLite benchmark or an exported file, told from the first bytes.
  public init(opening path: String) throws {
    if try AtomicFile.read(path).starts(with: Data("SQLite format 3".utf8)) {
      let store = try SQLiteBenchmarkStore(opening: path)
      self.init(description: store.description, rows: try store.rows())
    } else {
      try self.init(contentsOf: path)
    }
  }
}
