/// The text of a command's help below its first line, laid out for a terminal's width.
///
/// The source has paragraphs, whose lines are joined, and, indented by two spaces, items, which more deeply indented lines
/// continue. Empty lines stay. Items that begin with `emq` are commands: their lines are broken before options, with a
/// backslash, so that they can be pasted.
///
///     EXAMPLES:
///       emq inspect model.onnx
///
///     Of a network that ends in a softmax, losses are those of what enters it.
public struct HelpText: Sendable {
  private enum Block: Sendable {
    case gap
    case paragraph(String)
    case item(String)
  }

  private static let indentation = 2
  private static let hanging = 6

  private let blocks: [Block]

  /// Reads the source.
  public init(_ source: String) {
    var blocks: [Block] = []
    for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
      let text = line.drop { $0 == " " }
      let indentation = line.count - text.count
      switch (blocks.last, indentation) {
      case _ where text.isEmpty: blocks.append(.gap)
      case (.paragraph(let begun), 0): blocks[blocks.count - 1] = .paragraph("\(begun) \(text)")
      case (.gap, 0), (.item, 0), (nil, 0): blocks.append(.paragraph(String(text)))
      case (.item(let begun), let indentation) where indentation > Self.indentation:
        blocks[blocks.count - 1] = .item("\(begun) \(text)")
      case (.item, _), (.gap, _), (.paragraph, _), (nil, _): blocks.append(.item(String(text)))
      }
    }
    self.blocks = blocks
  }

  /// The text in lines that are shorter than a width, but for words that are longer.
  public func rendered(width: Int = Terminal.helpWidth) -> String {
    // A line of the full width would be broken again by what prints help.
    let width = width - 1
    return blocks.flatMap { block in
      switch block {
      case .gap: [""]
      case .paragraph(let text): text.wrapped(to: width)
      case .item(let text) where text.hasPrefix("emq "): Self.command(text, width: width)
      case .item(let text): text.wrapped(to: width, indentation: Self.indentation, hanging: Self.hanging)
      }
    }.joined(separator: "\n")
  }

  /// Help whose line of usage, which is printed in one, is broken like the rest.
  public static func breakingUsage(in help: String, width: Int = Terminal.helpWidth) -> String {
    help.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      line.hasPrefix("USAGE: ") && line.count > width ? line.wrapped(to: width, hanging: 7) : [String(line)]
    }.joined(separator: "\n")
  }

  /// A command in lines that are broken before options; an option that is too long for a line stays whole.
  private static func command(_ text: String, width: Int) -> [String] {
    let words = words(text)
    var parts: [String] = []
    for (index, word) in words.enumerated() {
      let begins = word.hasPrefix("-") || word.hasPrefix("#") || index == 0
      if begins { parts.append(word) } else { parts[parts.count - 1] += " " + word }
    }
    var lines: [String] = []
    var line = String(repeating: " ", count: indentation) + (parts.first ?? "")
    for (index, part) in parts.enumerated().dropFirst() {
      // A space and a backslash stand behind all lines but the last.
      let ending = index == parts.count - 1 ? 0 : 2
      if line.count + 1 + part.count + ending <= width {
        line += " " + part
      } else {
        lines.append(line + " \\")
        line = String(repeating: " ", count: hanging) + part
      }
    }
    return lines + [line]
  }

  /// The words of a command, of which quotes keep spaces together.
  private static func words(_ text: String) -> [String] {
    var words: [String] = [""]
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if character == " ", !isQuoted {
        if words.last?.isEmpty == false { words.append("") }
      } else {
        words[words.count - 1].append(character)
      }
    }
    return words.filter { !$0.isEmpty }
  }
}
