import Foundation
import Foundations
import Testing

@Suite("Comma-separated values")
struct CSVTests {
  private func fields(_ text: String, trimming: Bool = false) throws -> [[String]] {
    try CSV.rows(in: Data(text.utf8), source: "t.csv", trimming: trimming).map(\.fields)
  }

  @Test(
    "values get quotes where they need them",
    arguments: [
      (["a", "", "1.5", "ü b"], "a,,1.5,ü b\n"), (["a,b", "c"], "\"a,b\",c\n"),
      (["say \"yes\""], "\"say \"\"yes\"\"\"\n"),
      (["two\nlines", "a\rb", "a\r\nb"], "\"two\nlines\",\"a\rb\",\"a\r\nb\"\n"),
      ([" blank "], " blank \n"),
    ])
  func writing(fields: [String], text: String) throws {
    #expect(CSV.line(fields) == text)
    #expect(try self.fields(text) == [fields])
  }

  @Test("columns that are always quoted are")
  func alwaysQuoted() {
    #expect(CSV.line(["a", "b", "c\""], quoting: [1, 2]) == "a,\"b\",\"c\"\"\"\n")
  }

  @Test("lines end in any way, and blank ones are no rows", arguments: ["\n", "\r\n", "\r"])
  func lineEnds(end: String) throws {
    let text = ["a,b", "", " \t", "\"c\(end)d\",e", "f,"].joined(separator: end)
    for text in [text, text + end] {
      let rows = try CSV.rows(in: Data(text.utf8), source: "t")
      #expect(rows.map(\.fields) == [["a", "b"], ["c\(end)d", "e"], ["f", ""]])
      #expect(rows.map(\.line) == [1, 4, 6])
    }
  }

  @Test("a byte order mark is no part of the first value, and lines are counted from where one says")
  func beginnings() throws {
    let rows = try CSV.rows(in: Data("\u{FEFF}\"a\",b\nc".utf8), source: "t", firstLine: 3)
    #expect(rows == [CSV.Row(line: 3, fields: ["a", "b"]), CSV.Row(line: 4, fields: ["c"])])
    // A part of a larger file, whose positions do not begin at 0.
    let data = Data("title\na,b\n".utf8)
    #expect(try CSV.rows(in: data[6...], source: "t").map(\.fields) == [["a", "b"]])
    #expect(try fields("").isEmpty)
    #expect(try fields("\n\n").isEmpty)
    #expect(try fields(",") == [["", ""]])
  }

  @Test("blanks around values count only where they are wanted, those between quotes always")
  func blanks() throws {
    #expect(try fields(" a ,\tb\t,\" c \"", trimming: false) == [[" a ", "\tb\t", " c "]])
    #expect(try fields(" a ,\tb\t, \" c \" ,  \n", trimming: true) == [["a", "b", " c ", ""]])
  }

  @Test(
    "quotes out of place are named with their line",
    arguments: [
      ("a\n\"b", "t.csv, line 2: a quote is not closed"), ("a\nb\"c", "t.csv, line 2: a quote stands within"),
      ("\"x\ny\"z", "t.csv, line 2: something follows a closing quote"),
      (" \"a\"", "t.csv, line 1: a quote stands within"), ("\"a\" ,b", "t.csv, line 1: something follows"),
    ])
  func errors(text: String, words: String) {
    #expect { _ = try fields(text) } throws: { ($0 as? FileError)?.description.hasPrefix(words) ?? false }
  }

  @Test("what is written is read back, whatever the values hold")
  func roundTrip() throws {
    var stream = RandomStream(seed: 1, purpose: "csv")
    let parts = ["a", ",", "\"", "\n", "\r", " ", "é", "\t", "1"]
    for _ in 0..<200 {
      let rows = (0..<4).map { _ in
        ["x"]
          + (0..<3).map { _ in
            (0..<stream.integer(below: 5)).map { _ in parts[stream.integer(below: parts.count)] }.joined()
          }
      }
      #expect(try fields(rows.map { CSV.line($0) }.joined()) == rows)
    }
  }
}
