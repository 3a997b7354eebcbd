import Foundations

extension RunFolder {
  /// The names of a run's files.
  public enum FileName {
    /// Options and origin.
    public static let description = "run.json"
    /// The state to resume from.
    public static let checkpoint = "checkpoint.json"
    /// A row a generation; see ``HistoryRow``.
    public static let history = "history.csv"
    /// What was turned away; see ``ScreeningRow``.
    public static let screening = "screening.csv"
    /// How likely each operation was drawn.
    public static let operations = "operations.csv"
    /// The best proxies, written at the end; see ``ListedProxy``.
    public static let hallOfFame = "hall_of_fame.csv"
    /// The fittest proxies of each complexity, written at the end; see ``ListedProxy``.
    public static let paretoFront = "pareto_front.csv"
  }
}

extension HistoryRow {
  /// The columns of the table.
  public static let columns = ["generation", "best", "median", "candidates", "evaluations", "diversity"]

  /// The values, by column.
  var fields: [String] {
    ["\(generation)", "\(best)", "\(median)", "\(candidates)", "\(evaluations)", "\(diversity)"]
  }

  /// Reads a row of the table; nil where it is none.
  public init?(fields: [String]) {
    guard fields.count == Self.columns.count, let generation = Int(fields[0]), let best = Double(fields[1]),
      let median = Double(fields[2]), let candidates = Int(fields[3]), let evaluations = Int(fields[4]),
      let diversity = Double(fields[5])
    else { return nil }
    self.init(
      generation: generation, best: best, median: median, candidates: candidates, evaluations: evaluations,
      diversity: diversity)
  }
}

/// How many candidates a stage of screening turned away.
public struct ScreeningRow: Sendable, Equatable {
  /// The stage's name.
  public let stage: String
  /// How many.
  public let turnedAway: Int
  /// The share of all candidates.
  public let share: Double

  /// The columns of the table.
  public static let columns = ["stage", "turned_away", "share"]

  /// The values, by column.
  var fields: [String] { [stage, "\(turnedAway)", "\(share)"] }

  init(_ stage: CompatibilityScreening.Stage, turnedAway: Int, of candidates: Int) {
    self.stage = stage.rawValue
    self.turnedAway = turnedAway
    share = Double(turnedAway) / Double(max(1, candidates))
  }

  /// Reads a row of the table; nil where it is none.
  public init?(fields: [String]) {
    guard fields.count == Self.columns.count, let turnedAway = Int(fields[1]), let share = Double(fields[2])
    else { return nil }
    (stage, self.turnedAway, self.share) = (fields[0], turnedAway, share)
  }
}

/// A proxy in the tables of a run's results.
public struct ListedProxy: Sendable, Equatable {
  /// How complex its formula is.
  public let complexity: Int
  /// The fitness.
  public let fitness: Double
  /// Spearman's ρ on the parts of the configurations; parts on which it is not defined, or not known, are missing.
  public let correlations: [SearchProblem.Part: Double]
  /// The formula's text.
  public let formula: String

  /// The columns of the tables.
  public static let columns =
    ["complexity", "fitness"] + SearchProblem.Part.allCases.map(\.rawValue) + ["formula"]

  /// The values, by column.
  var fields: [String] {
    ["\(complexity)", "\(fitness)"]
      + SearchProblem.Part.allCases.map { correlations[$0].map { "\($0)" } ?? "" } + [formula]
  }

  init(_ candidate: EvolutionSearch.Candidate) {
    self.init(candidate.individual, correlations: candidate.correlations)
  }

  /// Lists an individual.
  public init(_ individual: Individual, correlations: [SearchProblem.Part: Double] = [:]) {
    complexity = individual.genome.proxy.complexity
    fitness = individual.fitness
    self.correlations = correlations
    formula = "\(individual.genome.proxy)"
  }

  /// Reads a row of a table; nil where it is none.
  public init?(fields: [String]) {
    guard fields.count == Self.columns.count, let complexity = Int(fields[0]), let fitness = Double(fields[1])
    else { return nil }
    var correlations: [SearchProblem.Part: Double] = [:]
    for (part, field) in zip(SearchProblem.Part.allCases, fields.dropFirst(2)) {
      if !field.isEmpty, let value = Double(field) { correlations[part] = value }
    }
    (self.complexity, self.fitness, self.correlations) = (complexity, fitness, correlations)
    formula = fields[fields.count - 1]
  }
}
