/// What is asked for, as the request's target says; no part of it ever becomes a path of a file.
enum DashboardRoute: Equatable {
  /// All runs.
  case overview
  /// A run, by what it is called in addresses.
  case run(String)
  /// What happens, as it happens.
  case events
  /// The style sheet.
  case style
  /// The script.
  case script

  /// Reads a path as it was sent, percent signs and all; nil where there is nothing at it.
  init?(path: String) {
    switch path {
    case "/": self = .overview
    case "/events": self = .events
    case "/style.css": self = .style
    case "/script.js": self = .script
    default:
      let identifier = path.dropFirst("/runs/".count)
      guard path.hasPrefix("/runs/"), identifier.utf8.count == 12,
        identifier.utf8.allSatisfy({ Self.digits.contains($0) })
      else { return nil }
      self = .run(String(identifier))
    }
  }

  private static let digits = Set("0123456789abcdef".utf8)
}
