import Foundation
import Foundations
import Proxies

/// The files of a search: options, results and the state to resume from.
///
/// `run.json` holds options and origin and `checkpoint.json` the state; `hall_of_fame.csv` and `pareto_front.csv` the
/// proxies with their correlations, `history.csv` a row a generation, `screening.csv` what was turned away, and
/// `operations.csv` how likely each operation was drawn. All are written whole, so a search can be killed at any time.
public struct RunFolder: Sendable {
  /// The folder.
  public let path: String
  /// What formulas in it are made of.
  public let primitives: PrimitiveRegistry

  /// Names a folder, which need not exist.
  public init(_ path: String, primitives: PrimitiveRegistry = .standard) {
    self.path = path
    self.primitives = primitives
  }

  /// What a search was run on.
  public struct Benchmark: Codable, Sendable, Equatable {
    /// The file, as it was named.
    public var path: String
    /// The file of its network's statistics, as it was named.
    public var statistics: String
    /// The digest of its network.
    public var network: String
    /// The digest of configurations, measured values and statistics.
    public var digest: String
    /// What is measured, such as `top1`.
    public var truth: String

    /// Makes a description.
    public init(path: String, statistics: String, network: String, digest: String, truth: String) {
      self.path = path
      self.statistics = statistics
      self.network = network
      self.digest = digest
      self.truth = truth
    }
  }

  /// What `run.json` holds.
  public struct Description: Codable, Sendable, Equatable {
    /// The version of the program.
    public var version: String
    /// How the search is run.
    public var options: EvolutionOptions
    /// Where, with probabilities measured.
    public var space: SearchSpace
    /// What measuring them took; nil where they were not measured, or a folder does not tell.
    public var survey: SurveyCost?
    /// What proxies the first population was given.
    public var warmStart: [String]
    /// The benchmarks.
    public var benchmarks: [Benchmark]
    /// How fitnesses of several benchmarks become one.
    public var combination: SearchProblem.Combination
    /// Configurations of each benchmark that serve the search.
    public var searchConfigurations: Int

    /// Makes a description.
    public init(
      version: String, options: EvolutionOptions, space: SearchSpace, survey: SurveyCost? = nil,
      warmStart: [String] = [],
      benchmarks: [Benchmark], combination: SearchProblem.Combination = .mean,
      searchConfigurations: Int = ConfigurationSplit.paperSearchCount
    ) {
      self.version = version
      self.options = options
      self.space = space
      self.survey = survey
      self.warmStart = warmStart
      self.benchmarks = benchmarks
      self.combination = combination
      self.searchConfigurations = searchConfigurations
    }
  }

  private func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }

  private func decode<Value: Decodable>(_: Value.Type, _ name: String) throws -> Value? {
    let file = "\(path)/\(name)"
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    let data = try AtomicFile.read(file)
    guard let value = try? JSONDecoder(primitives: primitives).decode(Value.self, from: data) else {
      throw EvolutionError("\(file): was not written by a search, or is damaged; name another folder")
    }
    return value
  }

  /// What a folder says it holds; nil where it holds no search.
  public func description() throws -> Description? { try decode(Description.self, FileName.description) }

  /// The saved state, if the folder holds one of the same search; when it is to stop may differ.
  ///
  /// - Throws: ``EvolutionError`` where the folder holds another search.
  public func savedState(for description: Description) throws -> SearchState? {
    guard let saved = try self.description() else { return nil }
    var comparable = saved
    comparable.options.generations = description.options.generations
    comparable.options.maximumEvaluations = description.options.maximumEvaluations
    comparable.options.patience = description.options.patience
    comparable.options.targetFitness = description.options.targetFitness
    guard comparable == description else {
      throw EvolutionError(
        "\(path): holds a search with other options or another benchmark; name another folder", kind: .usage)
    }
    return try decode(SearchState.self, FileName.checkpoint)
  }

  /// Writes description, state and what the state says without ranking anything.
  public func save(_ state: SearchState, _ description: Description) throws {
    try AtomicFile.makeFolder(path)
    try AtomicFile.write(encode(description), to: file(FileName.description))
    try AtomicFile.write(encode(state), to: file(FileName.checkpoint))
    try write([HistoryRow.columns] + state.history.map(\.fields), to: FileName.history)
    let screening = CompatibilityScreening.Stage.allCases.map { stage in
      ScreeningRow(stage, turnedAway: state.rejections[stage] ?? 0, of: state.candidates)
    }
    try write([ScreeningRow.columns] + screening.map(\.fields), to: FileName.screening)
    try AtomicFile.write(
      Data(description.space.probabilities.csv.utf8), to: file(FileName.operations))
  }

  private func file(_ name: String) -> String { "\(path)/\(name)" }

  private func write(_ rows: [[String]], quoting columns: Set<Int> = [], to name: String) throws {
    // Titles stand without quotes.
    let lines = rows.enumerated().map { CSV.line($1, quoting: $0 == 0 ? [] : columns) }
    try AtomicFile.write(Data(lines.joined().utf8), to: file(name))
  }

  /// Writes the hall of fame and the Pareto front, with Spearman's ρ on the parts of the configurations.
  public func saveResults(_ search: EvolutionSearch, threads: Int) throws {
    for (name, members) in [
      (FileName.hallOfFame, search.hallOfFame.members),
      (FileName.paretoFront, search.state.paretoFront.members),
    ] {
      let proxies = try search.candidates(members, threads: threads).map { ListedProxy($0) }
      try write(
        [ListedProxy.columns] + proxies.map(\.fields), quoting: [ListedProxy.columns.count - 1], to: name)
    }
  }
}

extension OperationProbabilities {
  /// A line for each operation, values separated by commas.
  public var csv: String {
    var text = CSV.line(["kind", "operation", "probability"])
    for operation in primitives.unary {
      text += CSV.line(["unary", operation.name, "\(unary[operation] ?? 0)"])
    }
    for operation in primitives.binary {
      text += CSV.line(["binary", operation.name, "\(binary[operation] ?? 0)"])
    }
    return text
  }
}
