import Benchmarks
import BitModel
import Foundation
import Foundations
import Quantization
import TestSupport
import Testing

import Dashboard

/// What is found in folders, and what is made of it.
@Suite("Watched runs")
struct RunMonitorTests {
  /// What a monitor makes of the files that `make` writes.
  private func snapshots(
    limits: RunFinder.Limits = .init(), _ make: (String) throws -> Void
  ) async throws -> [RunSnapshot] {
    let folder = try TestFiles.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try make(folder)
    return await RunMonitor([try WatchedFolder(folder)], limits: limits).snapshots()
  }

  @Test("a search that is over has its history, screening and best proxies")
  func finished() async throws {
    let runs = try await snapshots { try RunFiles.search("\($0)/a/run", generations: 9, isDone: true) }
    let run = try #require(runs.first)
    #expect(runs.count == 1 && run.name == "a/run" && run.state == .finished && run.troubles.isEmpty)
    guard case .search(let search) = run.content else {
      Issue.record("not a search")
      return
    }
    #expect(search.description?.options.generations == 9)
    #expect(search.history.map(\.generation) == Array(1...9))
    #expect(search.screening.map(\.turnedAway) == [30])
    #expect(search.proxies.map(\.formula) == ["mul(abs(weight), gradient)"])
    #expect(search.proxies.first?.correlations == [.search: 0.7, .validation: 0.6])
  }

  @Test(
    "a search whose process lives is running; one whose process is gone, or that nothing is heard of, is stopped",
    arguments: [(getpid(), RunSnapshot.State.running), (RunFiles.noProcess, .stopped), (0, .stopped)])
  func states(process: Int32, expected: RunSnapshot.State) async throws {
    let runs = try await snapshots { folder in
      try RunFiles.search("\(folder)/run", generations: 4, isDone: false)
      for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/run") {
        try RunFiles.age("\(folder)/run/\(name)")
      }
      if process != 0 {
        try RunFiles.activity(
          "search", output: "run", to: Activity.path(in: "\(folder)/run"), process: process)
      }
    }
    #expect(runs.map(\.state) == [expected])
  }

  @Test("a command at work is shown by what it tells, and as finished when only its output is left")
  func work() async throws {
    let folder = try TestFiles.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = Activity.path(besides: "\(folder)/small.onnx")
    try RunFiles.activity("compress", output: "small.onnx", to: path)
    let monitor = RunMonitor([try WatchedFolder(folder)])
    let run = try #require(await monitor.snapshots().first)
    #expect(run.name == "small.onnx" && run.command == "compress" && run.state == .running)
    #expect(run.activity?.stage?.share == 0.25)

    try RunFiles.write("model", to: "\(folder)/small.onnx")
    unlink(path)
    await monitor.refresh()
    #expect(await monitor.snapshots().map(\.state) == [.finished])
    unlink("\(folder)/small.onnx")
    try await Task.sleep(for: .milliseconds(1100))
    await monitor.refresh()
    #expect(await monitor.snapshots().isEmpty)
  }

  @Test("a benchmark has the rows that were added, and is not held up by being read")
  func benchmark() async throws {
    let folder = try TestFiles.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let costs = CostModel(layers: (0..<3).map { LayerCost(name: "l\($0)", parameters: 100, macs: 10) })
    let store = try SQLiteBenchmarkStore(
      path: "\(folder)/b.sqlite",
      description: BenchmarkDescription(
        model: "m.onnx", network: "n", costs: costs, evaluation: .init(path: "e", digest: "1", count: 8),
        calibration: .init(path: "c", digest: "2", count: 8), weightBits: [2, 3, 4], activationBits: [8],
        quantization: QuantizationOptions(), design: .random, seed: 1, floatTop1: 0.9))
    let monitor = RunMonitor([try WatchedFolder(folder)])
    #expect(await monitor.snapshots().count == 1)
    for (index, bits) in [2, 3, 4].enumerated() {
      let right = (0..<8).map { $0 <= 2 * bits - 2 }
      try store.insert(
        BenchmarkRow(
          configuration: BitConfiguration(weightBits: [8, bits, 8], activationBits: 8), correct: right,
          agreements: right.map { $0 ? 1 : 0 }, losses: right.map { $0 ? 0 : 1 },
          divergences: right.map { $0 ? 0 : 1 }, seconds: 0.5))
      try await Task.sleep(for: .milliseconds(500))
      await monitor.refresh()
      guard case .benchmark(let benchmark)? = await monitor.snapshots().first?.content else {
        Issue.record("not a benchmark")
        return
      }
      #expect(benchmark.glance?.rows.count == index + 1)
      #expect(benchmark.glance?.rows.last?.values[.top1] == Double(2 * bits - 1) / 8)
    }
    #expect(await monitor.snapshots().first?.troubles == [])
  }

  @Test(
    "damaged, half-written and foreign files are said in a line and stop nothing",
    arguments: [
      ("run/run.json", "{\"version\": ", "damaged"), ("run/run.json", "{\"name\": \"other\"}", "damaged"),
      ("run/history.csv", "generation,best\nfoo,bar\n", "no generation"),
      ("run/history.csv", "generat", "half written"), ("b.sqlite", "", "benchmark"),
      ("b.sqlite", "SQLite format 3\0 and nothing", "not an SQLite file"),
      ("x.onnx.activity.json", "{\"command\":", "half written"),
    ])
  func damaged(file: String, text: String, words: String) async throws {
    let runs = try await snapshots { try RunFiles.write(text, to: "\($0)/\(file)") }
    let run = try #require(runs.first)
    #expect(runs.count == 1)
    #expect(run.troubles.count == 1 && run.troubles[0].contains(words), "\(run.troubles)")
    #expect(run.troubles.allSatisfy { !$0.contains("\n") })
    #expect(OverviewPage(runs, folders: [], omission: nil).page.markup.contains("class=\"trouble\""))
    #expect(RunPage(run).page.markup.contains("class=\"trouble\""))
  }

  @Test("links are not followed, whether to folders or to files")
  func links() async throws {
    let outside = try TestFiles.newFolder()
    defer { try? FileManager.default.removeItem(atPath: outside) }
    try RunFiles.search("\(outside)/secret", generations: 3, isDone: true)
    let runs = try await snapshots { folder in
      let files = FileManager.default
      try files.createSymbolicLink(atPath: "\(folder)/out", withDestinationPath: "\(outside)/secret")
      try RunFiles.write("{}", to: "\(folder)/run/run.json")
      try files.createSymbolicLink(
        atPath: "\(folder)/run/history.csv", withDestinationPath: "\(outside)/secret/history.csv")
      mkfifo("\(folder)/run/screening.csv", 0o600)
    }
    #expect(runs.map(\.name) == ["run"])
    guard case .search(let search)? = runs.first?.content else {
      Issue.record("not a search")
      return
    }
    #expect(search.history.isEmpty && search.screening.isEmpty)
  }

  @Test("a folder that becomes a link to elsewhere is read no further")
  func replaced() async throws {
    let outside = try TestFiles.newFolder()
    let folder = try TestFiles.newFolder()
    defer { for path in [outside, folder] { try? FileManager.default.removeItem(atPath: path) } }
    try RunFiles.search("\(folder)/run", generations: 3, isDone: false)
    try RunFiles.search("\(outside)/run", generations: 7, isDone: false)
    let monitor = RunMonitor([try WatchedFolder(folder)])
    #expect(await monitor.snapshots().count == 1)
    try FileManager.default.removeItem(atPath: "\(folder)/run")
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/run", withDestinationPath: "\(outside)/run")
    for _ in 0..<2 {
      await monitor.refresh()
      for case .search(let search) in await monitor.snapshots().map(\.content) {
        #expect(search.history.count <= 3)
      }
      try await Task.sleep(for: .milliseconds(1100))
    }
    #expect(await monitor.snapshots().isEmpty)
  }

  @Test("what is beyond the limits is left out and said")
  func limits() async throws {
    let folder = try TestFiles.newFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for index in 0..<12 { try RunFiles.write("{}", to: "\(folder)/r\(index)/run.json") }
    try RunFiles.write("{}", to: "\(folder)/a/b/c/d/run.json")
    let watched = [try WatchedFolder(folder)]
    func omission(_ limits: RunFinder.Limits) -> (Int, String?) {
      let findings = RunFinder(watched, limits: limits).findings()
      return (findings.runs.count, findings.omission)
    }
    #expect(omission(.init()) == (13, nil))
    #expect(omission(.init(depth: 2)).0 == 12)
    #expect(omission(.init(depth: 2)).1?.contains("more than 2 below") == true)
    #expect(omission(.init(names: 20)).1?.contains("more than 20 names") == true)
    #expect(omission(.init(runs: 5)).0 == 5)
    #expect(omission(.init(runs: 5)).1?.contains("first 5") == true)
  }

  @Test("what was added to a history is read, and a file that was written anew is read anew")
  func history() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/history.csv"
      var tail = HistoryTail()
      for generations in [1, 1, 5, 5, 1000, 2, 0, 0, 3] {
        try RunFiles.write(RunFiles.history(generations), to: path)
        tail.read(path)
        #expect(tail.rows.map(\.generation) == (generations == 0 ? [] : Array(1...generations)))
        #expect(tail.trouble == nil)
      }
      let text = RunFiles.history(6)
      try RunFiles.write(String(text.dropLast(4)), to: path)
      tail.read(path)
      #expect(tail.rows.count == 5)
      try RunFiles.write(text, to: path)
      tail.read(path)
      #expect(tail.rows.count == 6 && tail.thinned(to: 3).map(\.generation) == [1, 3, 6])
    }
  }

  @Test("names of folders that are none are said in a line")
  func wrongFolders() throws {
    try TestFiles.withFolder { folder in
      try RunFiles.write("", to: "\(folder)/file")
      #expect(throws: FileError.self) { try WatchedFolder("\(folder)/missing") }
      #expect(throws: FileError.self) { try WatchedFolder("\(folder)/file") }
      #expect(try WatchedFolder(folder).holds("\(folder)/file"))
      #expect(try !WatchedFolder(folder).holds("\(folder)/.."))
      #expect(try !WatchedFolder(folder).holds(folder + "2"))
    }
  }

  @Test("names in files become no markup")
  func markup() async throws {
    let evil = "<img src=x onerror=alert(1)>"
    let runs = try await snapshots {
      try RunFiles.activity(
        evil, output: evil, to: Activity.path(besides: "\($0)/\(evil)"), note: "\"><script>\(evil)</script>")
    }
    #expect(runs.first?.name == evil)
    for page in [OverviewPage(runs, folders: [], omission: evil).page, RunPage(runs[0]).page] {
      #expect(page.markup.contains("&lt;img"))
      #expect(!page.markup.contains("<img") && !page.markup.contains("<script>"))
      #expect(!page.markup.contains("style="))
    }
  }
}
