import Foundation

/// A piece of an HTML document, or of an SVG drawing in it.
///
///     let line = HTML("p", ["class": "note"], "3 < 4")   // <p class="note">3 &lt; 4</p>
///
/// Texts and the values of attributes are escaped, so that no name in a file can become markup.
public struct HTML: Sendable, Equatable {
  /// The markup.
  public let markup: String

  private init(markup: String) { self.markup = markup }

  /// Nothing.
  public static let empty = HTML(markup: "")

  /// A text.
  public static func text(_ text: String) -> HTML { HTML(markup: escaped(text)) }

  /// Markup that the program itself holds, such as a style sheet; never what a file holds.
  public static func trusted(_ markup: String) -> HTML { HTML(markup: markup) }

  /// An element.
  ///
  /// - Parameters:
  ///   - attributes: in the order in which they are written; one without a value is left out.
  ///   - children: what it holds.
  public init(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ children: [HTML]) {
    let values = attributes.compactMap { key, value in value.map { " \(key)=\"\(Self.escaped($0))\"" } }
    let opening = "<\(name)\(values.joined())>"
    markup =
      Self.voidElements.contains(name)
      ? opening : opening + children.map(\.markup).joined() + "</\(name)>"
  }

  /// An element that holds a text.
  public init(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ text: String) {
    self.init(name, attributes, [.text(text)])
  }

  /// An element that holds nothing.
  public init(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:]) {
    self.init(name, attributes, [HTML]())
  }

  /// Pieces after one another.
  public static func group(_ pieces: [HTML]) -> HTML { HTML(markup: pieces.map(\.markup).joined()) }

  private static let voidElements: Set<String> = ["br", "hr", "img", "input", "link", "meta"]

  /// A text whose characters stand for themselves in elements and in attributes.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // Other control characters are no characters of HTML.
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 32 || (127..<160).contains(scalar.value): result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
