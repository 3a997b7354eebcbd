/// Names with what they stand for.
public struct Facts: Sendable {
  /// The names and their values.
  public let entries: [(name: String, value: String)]

  /// Makes a list; entries without a value are left out.
  public init(_ entries: [(name: String, value: String)]) {
    self.entries = entries.filter { !$0.value.isEmpty }
  }

  /// The element.
  public var html: HTML {
    HTML("dl", [:], entries.flatMap { [HTML("dt", [:], $0.name), HTML("dd", [:], $0.value)] })
  }
}
