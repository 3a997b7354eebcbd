import Foundation
import Support

/// The files of a search: options, results and the state to go on from.
///
/// `run.json` holds options and origin, `checkpoint.json` the state, `hall_of_fame.csv` the formulas with their
/// correlations, `history.csv` a row a generation. All are written whole, so a search can be killed at any time.
public struct RunFolder: Sendable {
  /// The folder.
  public let path: String

  /// Names a folder, which need not exist.
  public init(_ path: String) { self.path = path }

  /// What `run.json` holds.
  public struct Description: Codable, Sendable, Equatable {
    /// How the search is run.
    public var options: EvolutionOptions
    /// The digest of the benchmark's network.
    public var network: String
    /// The digest of the configurations and their measured values.
    public var benchmark: String
    /// What is measured, such as `top1`.
    public var truth: String

    /// Makes a description.
    public init(options: EvolutionOptions, network: String, benchmark: String, truth: String) {
      self.options = options
      self.network = network
      self.benchmark = benchmark
      self.truth = truth
    }
  }

  private func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(value) + Data("\n".utf8)
  }

  private func decode<Value: Decodable>(_: Value.Type, _ name: String) throws -> Value? {
    let file = "\(path)/\(name)"
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(Value.self, from: AtomicFile.read(file))
    } catch let error as FileError {
      throw error
    } catch {
      throw EvolutionError("\(file): was not written by a search, or is damaged; name another folder")
    }
  }

  /// The saved state, if the folder holds one of the same search.
  ///
  /// - Throws: ``EvolutionError`` where the folder holds another search.
  public func savedState(for description: Description) throws -> SearchState? {
    guard let saved = try decode(Description.self, "run.json") else { return nil }
    var comparable = saved
    comparable.options.generations = description.options.generations
    guard comparable == description else {
      throw EvolutionError(
        "\(path): holds a search with other options or another benchmark; name another folder", kind: .usage)
    }
    return try decode(SearchState.self, "checkpoint.json")
  }

  /// Writes description and state.
  public func save(_ state: SearchState, _ description: Description) throws {
    try AtomicFile.makeFolder(path)
    try AtomicFile.write(encode(description), to: "\(path)/run.json")
    try AtomicFile.write(encode(state), to: "\(path)/checkpoint.json")
    var history = "generation,best,median,evaluations\n"
    for row in state.history { history += "\(row.generation),\(row.best),\(row.median),\(row.evaluations)\n" }
    try AtomicFile.write(Data(history.utf8), to: "\(path)/history.csv")
  }

  /// Writes the hall of fame, with Spearman's ρ on the search, validation and test configurations.
  public func saveHallOfFame(_ search: EvolutionSearch) throws {
    var text = "complexity,fitness,search,validation,test,formula\n"
    let split = search.problem.split
    for member in search.state.hallOfFame.members {
      let proxy = member.structure.proxy
      guard case .success(let scores) = search.problem.evaluator.layerScores(proxy) else { continue }
      let values = [split.search, split.validation, split.test].map { positions in
        search.problem.correlation(layerScores: scores, at: positions, topShares: [1]).map { "\($0)" } ?? ""
      }
      text += "\(proxy.complexity),\(member.fitness),\(values.joined(separator: ",")),\"\(proxy)\"\n"
    }
    try AtomicFile.write(Data(text.utf8), to: "\(path)/hall_of_fame.csv")
  }
}
