/// What messages call what a network is given one at a time.
public enum ExampleUnit: String, Sendable {
  /// Images.
  case image
  /// Anything else.
  case example

  /// Several of them, such as "images".
  public var plural: String { "\(rawValue)s" }

  /// One of them, such as "an image".
  public var withArticle: String { "an \(rawValue)" }

  /// So many of them, such as "1 image" or "32 examples".
  public func counted(_ count: Int) -> String { "\(count) \(count == 1 ? rawValue : plural)" }
}
