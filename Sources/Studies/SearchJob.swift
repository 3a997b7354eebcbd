import Benchmarks
import Evolution
import Proxies

/// A search with everything that it needs, new or resumed.
public struct SearchJob: Sendable {
  /// Where it is kept.
  public let folder: RunFolder
  /// What it is.
  public let description: RunFolder.Description
  /// What it is run on.
  public let benchmarks: [SearchBenchmark]
  /// What is optimized.
  public let problem: SearchProblem
  /// Where the folder's search is; nil of a search that begins.
  public let saved: SearchState?
  /// What the first population is given.
  public let warmStart: [Genome]

  /// Makes a search in a folder, resumed where that holds one.
  public init(
    folder: RunFolder, description: RunFolder.Description, benchmarks: [SearchBenchmark],
    problem: SearchProblem
  ) throws {
    self.folder = folder
    self.description = description
    self.benchmarks = benchmarks
    self.problem = problem
    saved = try folder.savedState(for: description)
    warmStart = try description.warmStart.map { text in
      guard let genome = description.space.genome(of: try Proxy(parsing: text)) else {
        throw EvolutionError("\(folder.path)/run.json: \(text) is not a formula of the space")
      }
      return genome
    }
  }

  /// The search of a folder, whose files and options are taken from there.
  ///
  /// - Parameter setLimits: changes when to stop.
  /// - Throws: `EvolutionError` where the folder holds none, or its files are others by now.
  public init(resuming path: String, setLimits: (inout EvolutionOptions) -> Void) throws {
    let folder = RunFolder(path)
    guard var description = try folder.description() else {
      throw EvolutionError(
        "\(path): holds no search; a search that is begun with this folder makes one", kind: .noInput)
    }
    setLimits(&description.options)
    try description.options.validate()
    let seed = description.options.seed
    let opened = try description.benchmarks.map { known in
      let benchmark = try SearchBenchmark.open(
        [known.path], statistics: [known.statistics], measure: Measure(rawValue: known.truth), seed: seed)[0]
      guard try benchmark.record() == known else {
        throw EvolutionError("\(known.path): is not what the search in \(path) was begun on")
      }
      return benchmark
    }
    let count = description.searchConfigurations
    let problem = try SearchProblem(
      opened.map { try $0.problem(seed: seed, searchCount: count) }, combination: description.combination)
    try self.init(folder: folder, description: description, benchmarks: opened, problem: problem)
  }
}
