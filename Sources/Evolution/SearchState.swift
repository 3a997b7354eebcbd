import Proxies

/// Everything a search needs to go on, after a number of generations.
public struct SearchState: Sendable, Equatable, Codable {
  /// The best formulas so far.
  public internal(set) var hallOfFame: HallOfFame
  /// The individuals alive.
  public internal(set) var population: [Individual] = []
  /// Generations done.
  public internal(set) var generation = 0
  /// Candidates looked at, valid or not.
  public internal(set) var evaluations = 0
  /// Candidates without a usable score, by reason.
  public internal(set) var rejections: [String: Int] = [:]
  /// A row a generation.
  public internal(set) var history: [HistoryRow] = []
}

/// The state of a population after a generation.
public struct HistoryRow: Sendable, Equatable, Codable {
  /// The number of the generation, from 1.
  public let generation: Int
  /// The highest fitness in the population.
  public let best: Double
  /// The middle fitness in the population.
  public let median: Double
  /// Candidates looked at so far.
  public let evaluations: Int
}
