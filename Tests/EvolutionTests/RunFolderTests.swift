import Evolution
import Foundation
import Foundations
import Proxies
import Synchronization
import Testing

/// The files of a search, and resuming from them.
@Suite struct RunFolderTests {
  private let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

  private func options(islands: Int = 1) -> EvolutionOptions {
    var options = EvolutionOptions()
    options.populationSize = 16
    options.generations = 230
    options.hallOfFameSize = 20
    options.islands = islands
    options.migrationInterval = 10
    options.seed = 3
    return options
  }

  private func description(_ options: EvolutionOptions) -> RunFolder.Description {
    RunFolder.Description(
      version: "1", options: options, space: SearchSpace(),
      benchmarks: [.init(path: "b", statistics: "s", network: "n", digest: "d", truth: "top1")])
  }

  /// Runs a search in a folder, stopped after each of the given generations and begun anew from the files.
  private func run(
    _ name: String, stops: [Int], threads: Int, islands: Int = 1
  ) throws -> [String: Data] {
    let problem = try SyntheticProblem.problem(formula: "mul(abs(weight), abs(gradient))")
    let options = options(islands: islands)
    let folder = RunFolder("\(root)/\(name)")
    for stop in stops + [Int.max] {
      let saved = try folder.savedState(for: description(options))
      var search = try EvolutionSearch(problem: problem, options: options, state: saved)
      let reached = Mutex(0)
      try search.run(
        threads: threads, progress: { progress in reached.withLock { $0 = progress.completed } },
        isCancelled: { reached.withLock { $0 } >= stop },
        save: { try folder.save($0, description(options)) })
      try folder.saveResults(search, threads: threads)
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: files.map {
        ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\($0)")))
      })
  }

  static let files = [
    "checkpoint.json", "hall_of_fame.csv", "history.csv", "operations.csv", "pareto_front.csv", "run.json",
    "screening.csv",
  ]

  @Test(arguments: [1, 3])
  func aResumedSearchWritesTheSameBytes(_ islands: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let undisturbed = try run("undisturbed", stops: [], threads: 1, islands: islands)
    #expect(undisturbed.keys.sorted() == Self.files)
    let resumed = try run("resumed", stops: [1, 40, 99, 100, 171], threads: 2, islands: islands)
    #expect(resumed == undisturbed)
    let history = String(decoding: undisturbed["history.csv"] ?? Data(), as: UTF8.self)
    #expect(history.split(separator: "\n").count == 231)
  }

  @Test func theHallOfFameParsesBack() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let files = try run("hall", stops: [], threads: 2)
    let rows = String(decoding: files["hall_of_fame.csv"] ?? Data(), as: UTF8.self).split(separator: "\n")
    #expect(rows.first == "complexity,fitness,search,validation,test,formula")
    #expect(rows.count == 21)
    for row in rows.dropFirst() {
      let fields = row.split(separator: ",", maxSplits: 5)
      let proxy = try Proxy(parsing: fields[5].trimmingCharacters(in: CharacterSet(charactersIn: "\"")))
      #expect(Int(fields[0]) == proxy.complexity)
      #expect(fields[1...4].allSatisfy { Double($0).map { abs($0) <= 1 } ?? false })
    }
  }

  @Test func anotherSearchsFolderIsRefused() throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    _ = try run("other", stops: [], threads: 1)
    let folder = RunFolder("\(root)/other")
    let options = options()
    var longer = options
    longer.generations = 400
    #expect(try folder.savedState(for: description(longer))?.generation == 230)
    var seeded = options
    seeded.seed = 4
    let error = #expect(throws: EvolutionError.self) { try folder.savedState(for: description(seeded)) }
    #expect(error?.kind == .usage)
    var otherBenchmark = description(options)
    otherBenchmark.benchmarks[0].digest = "c"
    #expect(throws: EvolutionError.self) { try folder.savedState(for: otherBenchmark) }
  }

  @Test(arguments: ["", "{", "[1, 2]", "{\"generation\": 3}"])
  func damagedCheckpointsAreNamed(_ content: String) throws {
    defer { try? FileManager.default.removeItem(atPath: root) }
    let name = "damaged"
    _ = try run(name, stops: [], threads: 1)
    let options = options()
    try AtomicFile.write(Data(content.utf8), to: "\(root)/\(name)/checkpoint.json")
    let error = #expect(throws: EvolutionError.self) {
      try RunFolder("\(root)/\(name)").savedState(for: description(options))
    }
    #expect(error?.description.contains("checkpoint.json") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func anEmptyFolderHoldsNoState() throws {
    #expect(try RunFolder("\(root)/none").savedState(for: description(options())) == nil)
  }
}
