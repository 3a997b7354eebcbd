import Evolution
import Foundation
import Foundations
import Proxies
import Synchronization
import Testing

/// Islands that are evolved by whoever, in whatever order, and more than once.
@Suite struct IslandExchangeTests {
  private static let islandCount = 4
  private let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

  private func options(change: (inout EvolutionOptions) -> Void = { _ in }) -> EvolutionOptions {
    var options = EvolutionOptions()
    options.populationSize = 12
    options.generations = 58
    options.hallOfFameSize = 15
    options.islands = Self.islandCount
    options.migrationInterval = 10
    options.seed = 7
    change(&options)
    return options
  }

  private func search(_ options: EvolutionOptions) throws -> EvolutionSearch {
    let space = SearchSpace()
    let warmStart = try ["mul(abs(weight), abs(gradient))", "abs(weight)"].map {
      try #require(space.genome(of: Proxy(parsing: $0)))
    }
    return try EvolutionSearch(
      problem: SyntheticProblem.problem(formula: "layer_max(mul(divergence, weight_error))"), space: space,
      options: options, warmStart: warmStart)
  }

  /// The files of a search that has ended.
  private func files(_ search: EvolutionSearch) throws -> [String: Data] {
    let folder = RunFolder("\(root)/\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(atPath: root) }
    try folder.save(
      search.state,
      RunFolder.Description(version: "1", options: search.options, space: search.space, benchmarks: []))
    try folder.saveResults(search, threads: 1)
    return try Dictionary(
      uniqueKeysWithValues: FileManager.default.contentsOfDirectory(atPath: folder.path).map {
        ($0, try AtomicFile.read("\(folder.path)/\($0)"))
      })
  }

  private func undisturbed(_ options: EvolutionOptions) throws -> [String: Data] {
    var search = try search(options)
    try search.run(threads: 1)
    #expect(search.isFinished)
    return try files(search)
  }

  @Test(arguments: [1, 3], [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
  func theOrderInWhichIslandsAreEvolvedDoesNotMatter(_ threads: Int, _ order: [Int]) throws {
    let exchange = DisturbedExchange(order: order)
    var search = try search(options())
    try search.run(through: exchange, threads: threads)
    #expect(search.state.generation == 58)
    #expect(try files(search) == undisturbed(options()))
  }

  @Test(arguments: [1, 3])
  func islandsThatWereLostAreEvolvedAgainToTheSameBytes(_ threads: Int) throws {
    let exchange = DisturbedExchange(order: [1, 3, 0, 2], losesFirst: true)
    var search = try search(options())
    try search.run(through: exchange, threads: threads)
    #expect(exchange.lostCount == 6 * Self.islandCount)
    #expect(try files(search) == undisturbed(options()))
  }

  /// Each knows only what it evolved itself and what is in the exchange, and the last comes when much is done.
  @Test(arguments: [2, 5])
  func workersShareASearch(_ workers: Int) throws {
    let exchange = DisturbedExchange(order: [0, 1, 2, 3])
    let options = options()
    var searches = try (0..<workers).map { _ in try search(options) }
    var turns = 0
    while searches.contains(where: { !$0.isFinished }) {
      turns += 1
      for index in searches.indices where !searches[index].isFinished {
        if index == workers - 1, turns < 12 { continue }
        // A worker takes one island, and whoever comes last finds that all have met.
        exchange.allow(1)
        _ = try searches[index].advance(through: exchange, threads: 1)
      }
      try #require(turns < 1000)
    }
    let reference = try undisturbed(options)
    for var search in searches {
      #expect(try search.gather(from: exchange))
      #expect(try files(search) == reference)
    }
  }

  @Test func workersOnThreadsShareASearch() throws {
    let exchange = MemoryExchange(islands: Self.islandCount)
    let (options, start) = (options(), try search(options()))
    let ended = try parallelMap(count: 3, threads: 3) { _ in
      var search = start
      while !search.isFinished { _ = try search.advance(through: exchange, threads: 1) }
      return search
    }
    let reference = try undisturbed(options)
    for var search in ended {
      #expect(try search.gather(from: exchange))
      #expect(try files(search) == reference)
    }
  }

  @Test(arguments: [[0, 1, 2, 3], [3, 1, 0, 2]])
  func rulesStopAllWorkersAtTheSameGeneration(_ order: [Int]) throws {
    let options = options {
      $0.generations = 2000
      $0.maximumEvaluations = 700
    }
    var search = try search(options)
    try search.run(through: DisturbedExchange(order: order, losesFirst: true), threads: 2)
    #expect(search.isFinished && search.state.generation < 2000)
    #expect(try files(search) == undisturbed(options))
  }

  @Test func aWorkerThatIsLeftBehindHasNothingToGather() throws {
    let exchange = MemoryExchange(islands: Self.islandCount)
    var (quick, slow) = (try search(options()), try search(options()))
    #expect(try quick.advance(through: exchange, threads: 2))
    #expect(try slow.advance(through: exchange, threads: 1))
    #expect(try quick.advance(through: exchange, threads: 2))
    #expect(try !slow.gather(from: exchange))
    #expect(slow.state.generation == 0)
    #expect(try slow.advance(through: exchange, threads: 1))
    #expect(try slow.gather(from: exchange))
    #expect(try quick.gather(from: exchange))
    #expect(slow.state == quick.state && slow.state.generation == 20)
  }

  @Test func aReportOfOtherGenerationsIsRefused() throws {
    let exchange = MemoryExchange(islands: Self.islandCount)
    var (first, second) = (
      try search(options { $0.migrationInterval = 5 }), try search(options { $0.migrationInterval = 10 })
    )
    #expect(try first.advance(through: exchange, threads: 1))
    #expect(throws: EvolutionError.self) {
      try second.advance(through: MisplacedExchange(exchange), threads: 1)
    }
  }
}

/// An exchange that hands islands out in another order, and loses some.
private final class DisturbedExchange: IslandExchange {
  private struct Content {
    var claimed: [Epoch: Set<Int>] = [:]
    var lost: [Epoch: Set<Int>] = [:]
    var allowed: Int?
  }

  private let order: [Int]
  private let losesFirst: Bool
  private let kept: MemoryExchange
  private let content = Mutex(Content())

  init(order: [Int], losesFirst: Bool = false) {
    self.order = order
    self.losesFirst = losesFirst
    kept = MemoryExchange(islands: order.count)
  }

  var lostCount: Int { content.withLock { $0.lost.values.reduce(0) { $0 + $1.count } } }

  /// Hands out so many islands and no more.
  func allow(_ count: Int) { content.withLock { $0.allowed = count } }

  func claim(_ epoch: Epoch) -> Int? {
    content.withLock { content in
      guard content.allowed != 0,
        let index = order.first(where: { content.claimed[epoch]?.contains($0) != true })
      else { return nil }
      content.claimed[epoch, default: []].insert(index)
      content.allowed = content.allowed.map { $0 - 1 }
      return index
    }
  }

  func release(_ index: Int, _ epoch: Epoch) {
    content.withLock { _ = $0.claimed[epoch]?.remove(index) }
  }

  func deliver(_ evolved: EvolvedIsland, _ epoch: Epoch) {
    let index = evolved.island.index
    let isLost = content.withLock { content in
      guard losesFirst, content.lost[epoch, default: []].insert(index).inserted else { return false }
      content.claimed[epoch]?.remove(index)
      return true
    }
    if !isLost { kept.deliver(evolved, epoch) }
  }

  func reports(_ epoch: Epoch) -> [IslandReport]? { kept.reports(epoch) }

  func island(_ index: Int, after generation: Int) -> Island? { kept.island(index, after: generation) }
}

/// An exchange that gives the reports of another epoch.
private struct MisplacedExchange: IslandExchange {
  private let kept: MemoryExchange

  init(_ kept: MemoryExchange) { self.kept = kept }

  func claim(_ epoch: Epoch) -> Int? { nil }
  func release(_ index: Int, _ epoch: Epoch) {}
  func deliver(_ evolved: EvolvedIsland, _ epoch: Epoch) {}
  func reports(_ epoch: Epoch) -> [IslandReport]? { kept.reports(Epoch(start: 0, end: 5)) }
  func island(_ index: Int, after generation: Int) -> Island? { nil }
}
