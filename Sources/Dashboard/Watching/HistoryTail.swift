import Evolution
import Foundation
import Foundations

/// The history of a search, of which only what was added since is read again.
///
/// A search writes the whole file anew each time, with the rows that it held before at its beginning.
package struct HistoryTail: Sendable {
  /// The rows.
  package private(set) var rows: [HistoryRow] = []
  /// What is wrong with the file, in a line; nil where nothing is.
  package private(set) var trouble: String?
  /// Bytes of whole lines that are known, and the last of these lines.
  private var known = 0
  private var lastLine = Data()

  /// Makes one that has read nothing yet.
  package init() {}

  private static let lineEnd = UInt8(ascii: "\n")

  /// Reads what was added to a file.
  package mutating func read(_ path: String) {
    let start = known - lastLine.count
    if known == 0 || !read(path, from: start) {
      self = HistoryTail()
      _ = read(path, from: 0)
    }
  }

  /// Reads from a byte on, which the last known line begins at; false where that line is another by now.
  private mutating func read(_ path: String, from start: Int) -> Bool {
    guard let data = WatchedFile.content(path, from: start) else {
      trouble = "\(RunFolder.FileName.history): cannot be read"
      return start == 0
    }
    guard data.starts(with: lastLine) else { return false }
    // A line without its end is half written.
    guard let end = data.lastIndex(of: Self.lineEnd) else {
      trouble = data.isEmpty ? nil : "\(RunFolder.FileName.history): is half written"
      return true
    }
    trouble = nil
    // Empty where the file was written anew with the same rows, as a search does that is interrupted.
    let added = data[(data.startIndex + lastLine.count)..<(end + 1)]
    if !added.isEmpty {
      var isFirst = known == 0
      for line in added.split(separator: Self.lineEnd) {
        append(String(decoding: line, as: UTF8.self), isTitle: isFirst)
        isFirst = false
      }
      let lastStart = data[..<end].lastIndex(of: Self.lineEnd).map { $0 + 1 } ?? data.startIndex
      lastLine = Data(data[lastStart...end])
    }
    known = start + (end - data.startIndex) + 1
    return true
  }

  private mutating func append(_ line: String, isTitle: Bool) {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if isTitle, fields == HistoryRow.columns { return }
    if let row = HistoryRow(fields: fields) {
      rows.append(row)
    } else if trouble == nil {
      trouble = "\(RunFolder.FileName.history): holds a line that is no generation: \(line.prefix(60))"
    }
  }

  /// Some of the rows, evenly spread, with the first and the last: what a chart can show.
  package func thinned(to count: Int) -> [HistoryRow] {
    guard rows.count > count, count > 1 else { return rows }
    return (0..<count).map { rows[$0 * (rows.count - 1) / (count - 1)] }
  }
}
