import Foundation

/// Comma-separated values after RFC 4180.
///
///     let text = CSV.line(["layer", "bits, weights"])  // layer,"bits, weights"
///     for row in try CSV.rows(in: data, source: "table.csv") { print(row.line, row.fields) }
public enum CSV {
  /// A row of a file.
  public struct Row: Sendable, Equatable {
    /// Where it begins, counted from 1; a field between quotes may go over several lines.
    public let line: Int
    /// The values, without quotes.
    public let fields: [String]

    /// Makes a row.
    public init(line: Int, fields: [String]) {
      self.line = line
      self.fields = fields
    }
  }

  /// One row and the end of its line.
  ///
  /// - Parameters:
  ///   - fields: values, which get quotes where they hold a comma, a quote or an end of line.
  ///   - columns: positions of values that get quotes in any case.
  public static func line(_ fields: [String], quoting columns: Set<Int> = []) -> String {
    let values = fields.enumerated().map { column, field in
      columns.contains(column) || field.utf8.contains(where: isSpecial)
        ? "\"\(field.replacingOccurrences(of: "\"", with: "\"\""))\"" : field
    }
    return values.joined(separator: ",") + "\n"
  }

  /// The rows of a file; lines end in LF, CR LF or CR, and those of nothing but blanks are no rows.
  ///
  /// - Parameters:
  ///   - data: the file, UTF-8 with or without a byte order mark.
  ///   - source: the file's name, for messages.
  ///   - firstLine: the number of the first line in its file.
  ///   - trimming: whether blanks around values do not count; those between quotes always do.
  /// - Throws: `FileError` naming the line of a quote that is out of place or not closed.
  public static func rows(
    in data: Data, source: String, firstLine: Int = 1, trimming: Bool = false
  ) throws -> [Row] {
    var parser = CSVParser(
      bytes: data.starts(with: [0xEF, 0xBB, 0xBF]) ? [UInt8](data.dropFirst(3)) : [UInt8](data),
      source: source, line: firstLine, isTrimming: trimming)
    return try parser.rows()
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
      || byte == UInt8(ascii: "\r")
  }
}

/// Takes the bytes of a file apart.
private struct CSVParser {
  let bytes: [UInt8]
  let source: String
  var line: Int
  let isTrimming: Bool
  private var position = 0

  init(bytes: [UInt8], source: String, line: Int, isTrimming: Bool) {
    self.bytes = bytes
    self.source = source
    self.line = line
    self.isTrimming = isTrimming
  }

  private static let (comma, quote) = (UInt8(ascii: ","), UInt8(ascii: "\""))
  private static let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func rows() throws -> [CSV.Row] {
    var rows: [CSV.Row] = []
    while position < bytes.count {
      let (start, first) = (line, position)
      var fields = [try field()]
      while next == Self.comma {
        position += 1
        fields.append(try field())
      }
      let isEmpty = bytes[first..<position].allSatisfy(Self.isBlank)
      skipLineEnd()
      if !isEmpty { rows.append(CSV.Row(line: start, fields: fields)) }
    }
    return rows
  }

  private mutating func field() throws -> String {
    let start = position
    if isTrimming { skipBlanks() }
    if next == Self.quote { return try quoted() }
    while let byte = next, byte != Self.comma, byte != Self.lineFeed, byte != Self.carriageReturn {
      guard byte != Self.quote else {
        throw wrong(
          line,
          "a quote stands within a value; such a value stands between quotes, with each of its own twice")
      }
      position += 1
    }
    var content = bytes[start..<position]
    if isTrimming {
      content = content.drop(while: Self.isBlank)
      while let last = content.last, Self.isBlank(last) { content.removeLast() }
    }
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func quoted() throws -> String {
    let start = line
    var content: [UInt8] = []
    position += 1
    while let byte = next {
      position += 1
      if byte == Self.quote {
        guard next == Self.quote else { return try afterQuotes(content) }
        position += 1
      } else if byte == Self.lineFeed || (byte == Self.carriageReturn && next != Self.lineFeed) {
        line += 1
      }
      content.append(byte)
    }
    throw wrong(start, "a quote is not closed")
  }

  private mutating func afterQuotes(_ content: [UInt8]) throws -> String {
    if isTrimming { skipBlanks() }
    switch next {
    case nil, Self.comma, Self.lineFeed, Self.carriageReturn: return String(decoding: content, as: UTF8.self)
    default: throw wrong(line, "something follows a closing quote; a comma or the end of the line is needed")
    }
  }

  private mutating func skipBlanks() {
    while let byte = next, Self.isBlank(byte) { position += 1 }
  }

  private mutating func skipLineEnd() {
    guard let byte = next else { return }
    position += 1
    if byte == Self.carriageReturn, next == Self.lineFeed { position += 1 }
    line += 1
  }

  private func wrong(_ line: Int, _ reason: String) -> FileError {
    FileError(.data, "\(source), line \(line): \(reason)")
  }
}
