import Foundations

/// Changes words, numbers and signs of a text.
struct TextMutator: InputMutator {
  /// Words that texts of this kind have.
  let words: [String]

  private static let odd = [
    "0", "-1", "1e999", "-0.0", "nan", "inf", "9223372036854775808", "1e-320", "\"\"", "null", "true", "[",
    "]", "{",
    "}", "(", ")", ",", ":", "\n", "\r", "\"", "\\u0000", "é", "\u{0}",
  ]

  func mutated(
    _ input: [UInt8], stream: inout RandomStream, bytes: ([UInt8]) -> [UInt8]
  ) -> [UInt8]? {
    guard stream.integer(below: 4) > 0 else { return nil }
    var tokens = Self.tokens(of: input)
    guard !tokens.isEmpty else { return words.first.map { Array($0.utf8) } }
    for _ in 0...stream.integer(below: 3) where !tokens.isEmpty {
      let place = stream.integer(below: tokens.count)
      switch stream.integer(below: 7) {
      case 0: tokens.remove(at: place)
      case 1: tokens.insert(tokens[place], at: place)
      case 2: tokens[place] = tokens[stream.integer(below: tokens.count)]
      case 3: tokens[place] = Array((stream.choice(words) ?? "").utf8)
      case 4: tokens[place] = Array((stream.choice(Self.odd) ?? "").utf8)
      case 5: tokens[place] = bytes(tokens[place])
      default:
        let end = min(tokens.count, place + 1 + stream.integer(below: 12))
        let part = tokens[place..<end]
        tokens.insert(contentsOf: part, at: stream.integer(below: tokens.count))
      }
    }
    return tokens.flatMap(\.self)
  }

  /// Runs of letters and digits, and all other bytes by themselves.
  private static func tokens(of input: [UInt8]) -> [[UInt8]] {
    func isWord(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    var tokens: [[UInt8]] = []
    var wasWord = false
    for byte in input {
      if isWord(byte), wasWord { tokens[tokens.count - 1].append(byte) } else { tokens.append([byte]) }
      wasWord = isWord(byte)
    }
    return tokens
  }
}
