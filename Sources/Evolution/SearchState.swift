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

  /// Checks a state that was read from a file.
  ///
  /// - Throws: ``EvolutionError`` where it cannot be one of a search with these options.
  func validate(_ options: EvolutionOptions) throws {
    let individuals = population + hallOfFame.members
    let areWhole = individuals.allSatisfy { individual in
      individual.fitness.isFinite
        && [individual.structure.left, individual.structure.right].allSatisfy {
          $0.operations.count == BranchedStructure.chainLength
        }
    }
    guard areWhole, generation >= 0, history.count == generation,
      population.isEmpty ? generation == 0 : population.count == options.populationSize
    else {
      throw EvolutionError("the saved state is damaged: its parts contradict each other; name another folder")
    }
  }
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
