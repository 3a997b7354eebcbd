/// Which kind of trouble an error is; raw values are the exit codes of BSD's `sysexits.h`.
public enum FailureKind: Int32, Sendable {
  /// The command line asks for something that makes no sense (`EX_USAGE`).
  case usage = 64
  /// Input data is wrong: truncated, malformed, out of range (`EX_DATAERR`).
  case data = 65
  /// An input file or folder is missing or unreadable (`EX_NOINPUT`).
  case noInput = 66
  /// Something that is needed is not available, such as a library or an optional tool (`EX_UNAVAILABLE`).
  case unavailable = 69
  /// The program is at fault (`EX_SOFTWARE`).
  case software = 70
  /// An output file cannot be created (`EX_CANTCREAT`).
  case cannotCreate = 73
  /// Reading or writing failed midway, for example on a full disk (`EX_IOERR`).
  case inputOutput = 74
  /// Settings contradict each other (`EX_CONFIG`).
  case configuration = 78
}

/// An error that explains itself in one line: what is wrong, where, and what would be right.
///
/// Each module has an error type of its own that conforms; the command line prints ``description`` and
/// exits with ``kind``'s raw value.
public protocol DescribedError: Error, CustomStringConvertible, Sendable {
  /// The kind of trouble, which decides the exit code.
  var kind: FailureKind { get }
}
