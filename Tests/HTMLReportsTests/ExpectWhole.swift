import Foundation
import FoundationXML
import HTMLReports
import Testing

/// Checks that a page is one file below the greatest size that asks for nothing, with drawings, mathematics and tables whose
/// tags are closed, and shows no number that is none.
func expectWhole(_ page: ReportPage, location: SourceLocation = #_sourceLocation) {
  let markup = page.markup
  #expect(markup.utf8.count < ReportPage.maximumBytes, sourceLocation: location)
  for pattern in ["<svg.*?</svg>", "<math.*?</math>", "<table.*?</table>", "<dl>.*?</dl>"] {
    for piece in matches(pattern, in: markup) {
      #expect(isWellFormed(piece), "\(piece.prefix(300))", sourceLocation: location)
    }
  }
  for svg in matches("<svg.*?</svg>", in: markup) {
    #expect(
      matches("[^a-zA-Z](nan|inf)[^a-zA-Z]", in: svg).isEmpty, "\(svg.prefix(300))", sourceLocation: location)
  }
  #expect(!markup.contains(">nan<") && !markup.contains(">inf<"), sourceLocation: location)
  #expect(matches(" (src|href)=\"(?!#)", in: markup).isEmpty, sourceLocation: location)
  let identifiers = matches(" id=\"[^\"]*\"", in: markup)
  #expect(Set(identifiers).count == identifiers.count, sourceLocation: location)
}

/// The parts of a text that a regular expression matches.
func matches(_ pattern: String, in text: String) -> [String] {
  guard
    let expression = try? NSRegularExpression(pattern: pattern, options: [.dotMatchesLineSeparators])
  else { return [] }
  let whole = NSRange(text.startIndex..., in: text)
  return expression.matches(in: text, range: whole).compactMap { match in
    Range(match.range, in: text).map { String(text[$0]) }
  }
}

/// Whether a text is one element of XML.
func isWellFormed(_ text: String) -> Bool { XMLParser(data: Data(text.utf8)).parse() }
