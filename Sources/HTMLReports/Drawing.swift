/// An SVG drawing that scales with the page, named for those who cannot see it.
public struct Drawing: Sendable {
  /// What it shows, in a few words.
  public let title: String
  /// The width of its own coordinates.
  public let width: Double
  /// The height of its own coordinates.
  public let height: Double
  /// What is drawn.
  public let contents: [HTML]

  /// Makes a drawing.
  public init(title: String, width: Double, height: Double, _ contents: [HTML]) {
    (self.title, self.width, self.height, self.contents) = (title, width, height, contents)
  }

  /// From this width on, texts could not be read where it shrinks to the width of a telephone; it scrolls there instead.
  private static let wide = 500.0

  /// The element, in a frame that scrolls where it is wide; its text alternative is the title, the numbers stand in the
  /// table of its figure.
  public var svg: HTML {
    let isWide = width >= Self.wide
    let drawing = HTML(
      "svg",
      [
        "class": isWide ? "drawing wide" : "drawing", "role": "img", "aria-label": title,
        "viewBox": "0 0 \(NumberText.coordinate(width)) \(NumberText.coordinate(height))",
      ], contents)
    guard isWide else { return drawing }
    return HTML(
      "div", ["class": "frame", "tabindex": "0", "role": "group", "aria-label": "Drawing: \(title)"],
      [drawing])
  }
}
