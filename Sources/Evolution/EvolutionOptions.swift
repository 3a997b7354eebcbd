import Statistics
import Support

/// How proxies are evolved; defaults are those of EMQ and its sibling searches.
public struct EvolutionOptions: Sendable, Equatable, Codable {
  /// Individuals alive at a time.
  public var populationSize: Int
  /// Rounds; each makes one offspring and one fresh individual.
  public var generations: Int
  /// The share of the population that parents are drawn from the best of.
  public var sampleRatio: Double
  /// The probability that an offspring has two parents.
  public var crossoverProbability: Double
  /// The probability that an offspring is mutated; one that has one parent always is.
  public var mutationProbability: Double
  /// The shares k of ρ@k whose mean is the fitness.
  public var topShares: [Double]
  /// Statistics that formulas may take.
  public var inputs: [Statistic]
  /// Formulas kept in the hall of fame.
  public var hallOfFameSize: Int
  /// The seed of everything random.
  public var seed: UInt64

  /// Makes options.
  public init(
    populationSize: Int = 50, generations: Int = 1000, sampleRatio: Double = 0.2,
    crossoverProbability: Double = 0.5, mutationProbability: Double = 0.5,
    topShares: [Double] = [0.2, 0.5, 1], inputs: [Statistic] = Statistic.paperInputs,
    hallOfFameSize: Int = 20,
    seed: UInt64 = 1
  ) {
    self.populationSize = populationSize
    self.generations = generations
    self.sampleRatio = sampleRatio
    self.crossoverProbability = crossoverProbability
    self.mutationProbability = mutationProbability
    self.topShares = topShares
    self.inputs = inputs
    self.hallOfFameSize = hallOfFameSize
    self.seed = seed
  }

  /// Checks that the options make sense.
  ///
  /// - Throws: ``EvolutionError`` naming the option and what it needs.
  public func validate() throws {
    func need(_ condition: Bool, _ message: String) throws {
      if !condition { throw EvolutionError(message, kind: .usage) }
    }
    try need(populationSize >= 2, "--population is \(populationSize); at least 2 is needed")
    try need(generations >= 0, "--generations is \(generations); 0 or more is needed")
    try need(
      sampleRatio > 0 && sampleRatio <= 1,
      "--sample-ratio is \(sampleRatio); a share above 0, up to 1, is needed")
    try need(
      (0...1).contains(crossoverProbability), "--crossover is \(crossoverProbability); 0 to 1 is needed")
    try need((0...1).contains(mutationProbability), "--mutation is \(mutationProbability); 0 to 1 is needed")
    try need(
      !topShares.isEmpty && topShares.allSatisfy { $0 > 0 && $0 <= 1 },
      "the shares k of ρ@k are \(topShares); at least one is needed, each above 0, up to 1")
    try need(hallOfFameSize >= 1, "the hall of fame's size is \(hallOfFameSize); at least 1 is needed")
    try need(!inputs.isEmpty, "no statistics to search over")
  }
}

/// A search that cannot be run or gone on with.
public struct EvolutionError: DescribedError {
  /// The kind of trouble.
  public let kind: FailureKind
  /// What is wrong, where, and what would be right.
  public let description: String

  init(_ description: String, kind: FailureKind = .data) {
    self.kind = kind
    self.description = description
  }
}
