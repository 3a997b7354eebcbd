import Foundations
import Testing

@Suite struct FileLimitsTests {
  @Test func whatIsBeyondALimitIsNamed() {
    #expect(FileLimits.rank.excess(64) == nil)
    #expect(
      FileLimits.rank.excess(65) == "has 65 dimensions; 64 at most are read (limit rank)")
  }

  @Test(arguments: [
    ("a\nb", "a b"), ("a\r\nb\u{2028}c\u{0}", "a  b c "), ("as it is, é", "as it is, é"),
    (String(repeating: "é", count: 5000), String(repeating: "é", count: 4000) + "…"),
  ])
  func messagesAreOneLine(_ text: String, _ line: String) {
    #expect(text.inOneLine == line)
    #expect(FileError(.data, text).description == line)
  }
}
