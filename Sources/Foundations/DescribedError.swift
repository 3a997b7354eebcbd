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
