import Foundation
import Reports
import Testing

@Suite("Terminals")
struct TerminalTests {
  @Test(
    "are as wide as COLUMNS, or else they themselves, say",
    arguments: [
      (true, 100, nil, 100), (true, 100, "60", 60), (true, nil, nil, 80), (true, 100, "0", 100),
      (true, 100, "wide", 100), (false, nil, "60", nil), (false, 100, nil, nil),
    ] as [(Bool, Int?, String?, Int?)])
  func width(isTerminal: Bool, reported: Int?, columns: String?, expected: Int?) {
    let terminal = Terminal(
      isTerminal: isTerminal, reportedWidth: reported, environment: columns.map { ["COLUMNS": $0] } ?? [:])
    #expect(terminal.width == expected)
  }

  @Test(
    "have colours unless NO_COLOR or a dumb TERM says otherwise",
    arguments: [
      (true, [:], true), (true, ["NO_COLOR": ""], true), (true, ["NO_COLOR": "1"], false),
      (true, ["TERM": "dumb"], false), (true, ["TERM": "xterm"], true), (false, ["TERM": "xterm"], false),
    ] as [(Bool, [String: String], Bool)])
  func color(isTerminal: Bool, environment: [String: String], expected: Bool) {
    let terminal = Terminal(isTerminal: isTerminal, reportedWidth: 80, environment: environment)
    #expect(terminal.hasColor == expected)
    for style in Terminal.Style.allCases {
      #expect(
        terminal.styled("emq:", style) == (expected ? "\u{1B}[\(style.rawValue)memq:\u{1B}[0m" : "emq:"))
    }
  }

  @Test("that are no terminals, or dumb ones, do not have their lines written anew")
  func cursor() {
    #expect(Terminal(isTerminal: true, reportedWidth: 80, environment: [:]).movesCursor)
    #expect(!Terminal(isTerminal: true, reportedWidth: 80, environment: ["TERM": "dumb"]).movesCursor)
    #expect(!Terminal(isTerminal: false, reportedWidth: nil, environment: [:]).movesCursor)
  }
}
