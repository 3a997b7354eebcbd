import Proxies

/// Everything a search needs to resume.
public struct SearchState: Sendable, Equatable, Codable {
  /// The populations.
  public let islands: [Island]
  /// A row a generation.
  public let history: [HistoryRow]

  init(islands: [Island], history: [HistoryRow]) {
    self.islands = islands
    self.history = history
  }

  /// The beginning, without anybody.
  init(_ options: EvolutionOptions) {
    self.init(
      islands: (0..<options.islands).map { Island(index: $0, hallOfFameSize: options.hallOfFameSize) },
      history: [])
  }

  /// Whether somebody lives on the islands.
  var isPopulated: Bool { islands.first?.population.isEmpty == false }

  /// Generations done.
  public var generation: Int { islands.map(\.generation).min() ?? 0 }
  /// Genomes that were drawn or bred.
  public var candidates: Int { islands.reduce(0) { $0 + $1.candidates } }
  /// Proxies that were ranked on all search configurations.
  public var evaluations: Int { islands.reduce(0) { $0 + $1.evaluations } }

  /// How many candidates each stage of screening turned away.
  public var rejections: [CompatibilityScreening.Stage: Int] {
    islands.reduce(into: [:]) { sum, island in sum.merge(island.screening.rejections, uniquingKeysWith: +) }
  }

  /// The best proxies of all islands.
  public func hallOfFame(_ options: EvolutionOptions) -> HallOfFame {
    HallOfFame.merging(islands.map(\.hallOfFame), size: options.hallOfFameSize)
  }

  /// The fittest proxies of each complexity.
  public var paretoFront: ComplexityFront { ComplexityFront.merging(islands.map(\.paretoFront)) }

  /// Checks a state that was read from a file.
  ///
  /// - Throws: ``EvolutionError`` where it cannot be one of a search with these options.
  func validate(_ options: EvolutionOptions, space: SearchSpace) throws {
    let areWhole = islands.enumerated().allSatisfy { $1.isWhole(options, space: space, index: $0) }
    guard areWhole, islands.count == options.islands, Set(islands.map(\.generation)).count == 1,
      history.map(\.generation) == Array(1..<generation + 1)
    else {
      throw EvolutionError("the saved state is damaged: its parts contradict each other; name another folder")
    }
  }
}

/// The state of the populations after a generation.
public struct HistoryRow: Sendable, Equatable, Codable {
  /// The number of the generation, from 1.
  public let generation: Int
  /// The highest fitness so far.
  public let best: Double
  /// The middle fitness in a population, averaged over islands.
  public let median: Double
  /// Genomes looked at so far.
  public let candidates: Int
  /// Proxies ranked on all search configurations so far.
  public let evaluations: Int
  /// The mean share of slots in which two individuals of an island differ.
  public let diversity: Double

  /// The row of several islands after the same generation.
  static func merging(_ rows: [HistoryRow]) -> HistoryRow {
    func mean(_ value: (HistoryRow) -> Double) -> Double {
      rows.reduce(0) { $0 + value($1) } / Double(max(1, rows.count))
    }
    return HistoryRow(
      generation: rows.first?.generation ?? 0, best: rows.map(\.best).max() ?? 0, median: mean(\.median),
      candidates: rows.reduce(0) { $0 + $1.candidates },
      evaluations: rows.reduce(0) { $0 + $1.evaluations }, diversity: mean(\.diversity))
  }
}
