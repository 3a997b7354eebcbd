import Foundation

/// What an output can show: whether it is a terminal, how wide that is, and whether it has colours.
public struct Terminal: Sendable {
  /// How words are set apart where the terminal has colours.
  public enum Style: String, Sendable, CaseIterable {
    /// Red and bold, of errors.
    case error = "1;31"
    /// Yellow, of notices.
    case notice = "33"
    /// Cyan, of what is done.
    case progress = "36"
  }

  /// Characters in a line where nothing says otherwise.
  public static let usualWidth = 80

  /// Characters in a line; nil where the output is no terminal and lines may have any length.
  public let width: Int?
  /// Whether the cursor can be moved, so that a line can be written anew.
  public let movesCursor: Bool
  /// Whether words are coloured: neither `NO_COLOR` is set nor `TERM` dumb (https://no-color.org).
  public let hasColor: Bool

  /// Describes an output.
  ///
  /// - Parameters:
  ///   - reportedWidth: the width that the terminal says it has; `COLUMNS` goes before it.
  public init(isTerminal: Bool, reportedWidth: Int?, environment: [String: String]) {
    let isDumb = environment["TERM"] == "dumb"
    width = isTerminal ? Self.columns(environment) ?? reportedWidth ?? Self.usualWidth : nil
    movesCursor = isTerminal && !isDumb
    hasColor = movesCursor && environment["NO_COLOR", default: ""].isEmpty
  }

  /// Looks at an open file, such as standard output.
  public init(
    of file: FileHandle, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.init(
      isTerminal: isatty(file.fileDescriptor) == 1, reportedWidth: Self.reportedWidth(of: file),
      environment: environment)
  }

  /// The width of help on standard output, which has one even where that is no terminal.
  public static var helpWidth: Int {
    let environment = ProcessInfo.processInfo.environment
    return columns(environment) ?? reportedWidth(of: .standardOutput) ?? usualWidth
  }

  /// Words in a style, as they are where the output has no colours.
  public func styled(_ text: String, _ style: Style) -> String {
    hasColor && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  private static func columns(_ environment: [String: String]) -> Int? {
    environment["COLUMNS"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
  }

  private static func reportedWidth(of file: FileHandle) -> Int? {
    var size = winsize()
    guard ioctl(file.fileDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
