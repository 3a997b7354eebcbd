/// Which kind of trouble an error is; a program may choose its exit status by it.
public enum FailureKind: Sendable, CaseIterable {
  /// What is asked for makes no sense.
  case usage
  /// Input data is wrong: truncated, malformed, out of range.
  case data
  /// An input file or folder is missing or unreadable.
  case noInput
  /// Something that is needed is not available, such as a library or an optional tool.
  case unavailable
  /// The program is at fault.
  case software
  /// An output file cannot be created.
  case cannotCreate
  /// Reading or writing failed midway, for example on a full disk.
  case inputOutput
  /// Settings contradict each other.
  case configuration
  /// The work was asked to stop.
  case interrupted
}

/// An error that explains itself in one line: what is wrong, where, and what would be right.
///
/// Each module has an error type of its own that conforms.
public protocol DescribedError: Error, CustomStringConvertible, Sendable {
  /// The kind of trouble.
  var kind: FailureKind { get }
}

extension String {
  /// The text in one line, of the length that messages have: what they quote of files may have any lines and any length.
  public var inOneLine: String {
    let greatest = 4000
    let isShort = utf8.count <= greatest
    guard !isShort || unicodeScalars.contains(where: Self.isLineBreak) else { return self }
    let line = String(
      String.UnicodeScalarView(unicodeScalars.prefix(greatest).map { Self.isLineBreak($0) ? " " : $0 }))
    return isShort ? line : line + "…"
  }

  private static func isLineBreak(_ scalar: UnicodeScalar) -> Bool {
    scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
  }
}
