import Foundation
import TestSupport
import Testing

@Suite("Report command")
struct ReportTests {
  private static let benchmark = "\(TestFiles.repository)/MQBench/fashion-plain-nearest.csv"

  @Test("a benchmark's page is the one that emq benchmark show writes, whatever the threads")
  func benchmark() throws {
    try TestFiles.withFolder { folder in
      let first = try Command.run("report", Self.benchmark, "--threads", "1", "-o", "\(folder)/a.html")
      #expect(first.status == 0 && first.output == "\(folder)/a.html\n", "\(first.errors)")
      let shown = try Command.run("benchmark", "show", Self.benchmark, "--report", "\(folder)/b.html")
      #expect(shown.status == 0, "\(shown.errors)")
      let pages = try ["a", "b"].map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0).html")) }
      #expect(pages[0] == pages[1] && pages[0].count < 2_000_000)
    }
  }

  @Test("what is neither a search nor a benchmark, and what cannot be written, is said in one line")
  func badInput() throws {
    try TestFiles.withFolder { folder in
      func expect(_ words: String, _ arguments: String..., location: SourceLocation = #_sourceLocation) throws
      {
        expectLine(words, try Command.run(["report"] + arguments), location: location)
      }
      let page = "\(folder)/page.html"
      try expect("holds no search", folder, "-o", page)
      try expect("no such file", "\(folder)/none", "-o", page)
      try expect(
        "is a folder; the page of a search takes its folder alone", folder, Self.benchmark, "-o", page)
      let text = "\(folder)/notes.txt"
      try "neither".write(toFile: text, atomically: true, encoding: .utf8)
      try expect("notes.txt: is not a benchmark", text, "-o", page)
      let half = "\(folder)/half.csv"
      let data = try Data(contentsOf: URL(fileURLWithPath: Self.benchmark))
      try data.prefix(data.count / 2 + 7).write(to: URL(fileURLWithPath: half))
      try expect("half.csv", half, "-o", page)
      let run = "\(folder)/run"
      try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
      try "{\"version\": ".write(toFile: "\(run)/run.json", atomically: true, encoding: .utf8)
      try expect("run.json: was not written by a search, or is damaged", run, "-o", page)
      try expect("\(folder)/none/page.html", Self.benchmark, "-o", "\(folder)/none/page.html")
      try expect("is a folder", Self.benchmark, "-o", folder)
      try expect("is what is read from", half, "-o", half)
      #expect(!FileManager.default.fileExists(atPath: page))
      expectLine(
        "none/page.html",
        try Command.run("benchmark", "show", Self.benchmark, "--report", "\(folder)/none/page.html"))
    }
  }
}
