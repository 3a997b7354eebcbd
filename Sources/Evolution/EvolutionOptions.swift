import Foundations
import Proxies

/// How proxies are evolved; defaults are those of EMQ and its sibling searches.
public struct EvolutionOptions: Sendable, Equatable, Codable {
  /// Who leaves the population when somebody new comes.
  public enum Removal: String, CaseIterable, Codable, Sendable {
    /// The least fit.
    case worst
    /// The oldest, but for the fittest.
    case oldest
  }

  /// Individuals alive at a time, on each island.
  public var populationSize = 50
  /// Rounds; each makes one offspring and one fresh individual on each island.
  public var generations = 1000
  /// The share of the population that a parent is the best of.
  public var sampleRatio = 0.2
  /// The probability that an offspring has two parents.
  public var crossoverProbability = 0.5
  /// The probability that an offspring is mutated; one that has one parent always is.
  public var mutationProbability = 0.5
  /// What is optimized on the search configurations.
  public var fitness = FitnessMeasure.paper
  /// Who leaves the population.
  public var removal = Removal.worst
  /// How parents are selected; nil for a tournament.
  public var selection: ParentSelection?
  /// Diversity-prompting selection: the better of the offspring and a fresh individual joins, not always the offspring.
  public var usesDiversityPrompting = true
  /// In which generations there is a fresh individual: each so many; nil for all.
  public var diversityInterval: Int?
  /// Whether proxies that were seen in another form, or rank just so, are turned away.
  public var checksEquivalence = true
  /// Whether proxies are turned away by their formula alone, or where they are poor on a few configurations, which are
  /// drawn by the seed.
  public var rejectsEarly = true
  /// Whether individuals have parents at all; without, this is random search.
  public var breeds = true
  /// Candidates that are tried for an individual before its place stays empty.
  public var attempts = 10
  /// Evaluations that the real constants of each individual not below the population's median are tuned with, at most; nil for
  /// ``usualTuningEvaluations``.
  public var tuningEvaluations: Int?
  /// Evaluations of tuning where nobody says how many.
  public static let usualTuningEvaluations = 12
  /// Populations that evolve side by side.
  public var islands = 1
  /// Generations between migrations of the best to the next island.
  public var migrationInterval = 25
  /// Proxies kept in the hall of fame: many, as 50 configurations tell good ones apart badly, and those of validation
  /// choose among them.
  public var hallOfFameSize = 1000
  /// How one formula is chosen in the end; nil for ``ProxyChoice/validation``.
  public var choice: ProxyChoice?
  /// Evaluations on all search configurations, over all islands, at which the search stops; nil for no limit. Those of a
  /// survey before the search are not among them.
  public var maximumEvaluations: Int?
  /// Generations without a better fitness after which the search stops; nil for no limit.
  public var patience: Int?
  /// The fitness at which the search stops; nil for none.
  public var targetFitness: Double?
  /// The seed of everything random.
  public var seed: UInt64 = 1
  /// The conventions of ranking; nil for those of run folders that name none.
  package var conventions: SearchConventions? = SearchConventions()

  /// The conventions that are followed.
  package var followed: SearchConventions { conventions ?? .earlier }

  /// Makes the default options.
  public init() {}

  /// Makes the default options but for the number of generations.
  public init(generations: Int) { self.generations = generations }

  /// Options that let every formula be ranked which can be.
  static let withoutEarlyRejection: EvolutionOptions = {
    var options = EvolutionOptions()
    options.rejectsEarly = false
    return options
  }()

  /// Checks that the options make sense.
  ///
  /// - Throws: ``EvolutionError`` naming the option and what it needs.
  public func validate() throws {
    func need(_ condition: Bool, _ message: String) throws {
      if !condition { throw EvolutionError(message, kind: .usage) }
    }
    try need(
      (2...1_000_000).contains(populationSize),
      "population size is \(populationSize); 2 to a million are possible")
    try need(generations >= 0, "number of generations is \(generations); 0 or more is needed")
    try need(
      sampleRatio > 0 && sampleRatio <= 1,
      "sample ratio is \(sampleRatio); a share above 0, up to 1, is needed")
    try need(
      (0...1).contains(crossoverProbability),
      "crossover probability is \(crossoverProbability); 0 to 1 is needed")
    try need(
      (0...1).contains(mutationProbability),
      "mutation probability is \(mutationProbability); 0 to 1 is needed")
    try need(
      (diversityInterval ?? 1) >= 1,
      "interval of fresh individuals is \(diversityInterval ?? 0); at least 1 is needed")
    try need((1...1000).contains(attempts), "number of attempts is \(attempts); 1 to 1000 are possible")
    try need(
      (0...1000).contains(tuningEvaluations ?? 0),
      "number of evaluations of tuning is \(tuningEvaluations ?? 0); 0 to 1000 are possible")
    try need((1...64).contains(islands), "number of islands is \(islands); 1 to 64 are possible")
    try need(migrationInterval >= 1, "migration interval is \(migrationInterval); at least 1 is needed")
    try need(
      (1...1_000_000).contains(hallOfFameSize),
      "size of the hall of fame is \(hallOfFameSize); 1 to a million are possible")
    try need(
      (maximumEvaluations ?? 1) >= 1,
      "greatest number of evaluations is \(maximumEvaluations ?? 0); at least 1 is needed")
    try need((patience ?? 1) >= 1, "patience is \(patience ?? 0); at least 1 is needed")
  }
}

/// A search that cannot be run or resumed.
public struct EvolutionError: DescribedError {
  /// The kind of trouble.
  public let kind: FailureKind
  /// What is wrong, where, and what would be right.
  public let description: String

  /// Makes an error about a search.
  public init(_ description: String, kind: FailureKind = .data) {
    self.kind = kind
    self.description = description.inOneLine
  }
}
