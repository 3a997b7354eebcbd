/// Pictures of which one is shown at a time, chosen by name; all of them where there is no script.
public struct Alternatives: Sendable {
  /// What is chosen, such as `Measures`.
  public let title: String
  /// The pictures with their names.
  public let parts: [(name: String, html: HTML)]

  /// Makes a choice.
  public init(_ title: String, _ parts: [(name: String, html: HTML)]) {
    self.title = title
    self.parts = parts
  }

  /// The element; a single picture as it is.
  public var html: HTML {
    guard parts.count > 1 else { return parts.first?.html ?? .empty }
    return HTML(
      "div", ["data-alternatives": title],
      parts.map { name, html in HTML("div", ["data-name": name], [html]) })
  }
}
