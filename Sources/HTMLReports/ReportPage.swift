import Foundation
import Foundations
import Reports

/// A self-contained page: pictures, tables, style and script in one file that asks for nothing from anywhere.
///
///     var page = ReportPage(title: "resnet20", summary: "3 bits a layer")
///     page.add("Size and accuracy", [figure.html])
///     try page.write(to: "report.html")
///
/// Its content-security policy lets the browser run nothing but the style and the script in it, which are named by their
/// digests, and load nothing.
public struct ReportPage: Sendable {
  /// A part with a heading.
  public struct Section: Sendable {
    /// The heading, unique on the page.
    public let title: String
    /// What stands below it.
    public let contents: [HTML]
  }

  /// The heading of the page.
  public let title: String
  /// A sentence below it.
  public let summary: String
  /// The parts.
  public private(set) var sections: [Section] = []
  /// What the page's script works with, as JSON by name.
  public private(set) var data: [(name: String, json: String)] = []

  /// Makes a page without parts.
  public init(title: String, summary: String) { (self.title, self.summary) = (title, summary) }

  /// Adds a part; one with nothing in it is left out, and one whose heading is there already has a number behind it.
  public mutating func add(_ title: String, _ contents: [HTML]) {
    let known = contents.filter { $0 != .empty }
    guard !known.isEmpty else { return }
    let taken = Set(sections.map { Self.identifier($0.title) })
    let titles = [title] + (2...sections.count + 2).map { "\(title) (\($0))" }
    let free = titles.first { !taken.contains(Self.identifier($0)) } ?? title
    sections.append(Section(title: free, contents: known))
  }

  /// Adds what the page's script works with.
  public mutating func add(data name: String, json: String) { data.append((name, json)) }

  /// The greatest size of a page, in bytes.
  public static let maximumBytes = 2_000_000

  /// The page.
  public var markup: String {
    let head = HTML(
      "head", [:],
      [
        HTML("meta", ["charset": "utf-8"]),
        HTML("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        HTML("meta", ["http-equiv": "Content-Security-Policy", "content": Self.policy]),
        HTML("meta", ["name": "color-scheme", "content": "light dark"]),
        HTML("title", [:], title), HTML("style", [:], [.trusted(PageResources.style)]),
      ])
    let navigation = HTML(
      "nav", ["aria-label": "Sections"],
      [
        HTML(
          "ul", [:],
          sections.map { HTML("li", [:], [HTML("a", ["href": "#\(Self.identifier($0.title))"], $0.title)]) })
      ])
    let parts = sections.map { section in
      let identifier = Self.identifier(section.title)
      return HTML(
        "section", ["aria-labelledby": identifier],
        [HTML("h2", ["id": identifier], section.title)] + section.contents)
    }
    let blocks = data.map { name, json in
      // An end tag in a text would end the block.
      HTML(
        "script", ["type": "application/json", "id": name],
        [.trusted(json.replacing("<", with: "\\u003C"))])
    }
    let body = HTML(
      "body", [:],
      [
        HTML("a", ["class": "skip", "href": "#content"], "Skip to the content"),
        HTML("header", [:], [HTML("h1", [:], title), HTML("p", [:], summary), navigation]),
        HTML("main", ["id": "content"], parts),
      ] + blocks + [HTML("script", [:], [.trusted(PageResources.script)])])
    return "<!DOCTYPE html>\n" + HTML("html", ["lang": "en"], [head, body]).markup + "\n"
  }

  /// Writes the page, whole or not at all.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func write(to path: String) throws {
    try AtomicFile.write(Data(markup.utf8), to: path)
  }

  private static var policy: String {
    "default-src 'none'; img-src data:; style-src '\(source(PageResources.style))'; script-src '\(source(PageResources.script))'; base-uri 'none'; form-action 'none'"
  }

  /// A text's digest as policies name it.
  private static func source(_ text: String) -> String {
    "sha256-\(sha256Bytes(Data(text.utf8)).base64EncodedString())"
  }

  /// A heading as an anchor.
  static func identifier(_ title: String) -> String {
    let letters = title.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    return String(letters)
  }
}
