import Benchmarks
import Evolution
import Foundations
import Proxies

/// A search with everything that it needs, new or resumed.
public struct SearchJob: Sendable {
  /// Where it is kept.
  public let folder: RunFolder
  /// What it is.
  public let description: RunFolder.Description
  /// What it is run on.
  public let benchmarks: [RankedBenchmark]
  /// What is optimized.
  public let problem: SearchProblem
  /// Where the folder's search is; nil of a search that begins.
  public let saved: SearchState?
  /// What the first population is given.
  public let warmStart: [Genome]

  /// Makes a search in a folder, resumed where that holds one.
  public init(
    folder: RunFolder, description: RunFolder.Description, benchmarks: [RankedBenchmark],
    problem: SearchProblem
  ) throws {
    self.folder = folder
    self.description = description
    self.benchmarks = benchmarks
    self.problem = problem
    saved = try folder.savedState(for: description)
    warmStart = try description.warmStartGenomes(from: "\(folder.path)/run.json")
  }

  /// Begins a search, or resumes the same one where the folder holds it.
  ///
  /// - Parameters:
  ///   - folder: where the run is kept.
  ///   - version: the program's, which the folder notes.
  ///   - options: how formulas are searched, and when to stop.
  ///   - space: where is searched, with operations drawn evenly.
  ///   - prioritizesOperations: whether operations' probabilities are taken from a survey of the space, which is kept
  ///     with the run.
  ///   - warmStart: genomes that join the first population.
  ///   - benchmarks: the files that the problem is of.
  ///   - problem: the benchmarks as formulas are judged on them.
  ///   - searchConfigurations: how many configurations of each serve the search.
  ///   - context: threads, cancellation and progress.
  public init(
    in folder: RunFolder, version: String, options: EvolutionOptions, space: SearchSpace,
    prioritizesOperations: Bool, warmStart: [Genome], benchmarks: [RankedBenchmark], problem: SearchProblem,
    searchConfigurations: Int, context: WorkContext
  ) throws {
    var (prioritized, cost): (SearchSpace, SurveyCost?) = (space, nil)
    // Formulas over responses are made of operations that are valid everywhere.
    if prioritizesOperations, space.responses == nil {
      let known = try folder.description()
      var unprioritized = known?.space
      unprioritized?.probabilities = .uniform
      if let known, unprioritized == space {
        (prioritized, cost) = (known.space, known.survey)
      } else {
        let survey = try context.stage("validity of operations") {
          try SpaceSurvey(
            space, problem: problem, samples: SpaceSurvey.priorSamples, seed: options.seed,
            threads: context.threads, progress: $0)
        }
        prioritized.probabilities = survey.prioritized
        cost = survey.cost
      }
    }
    try self.init(
      folder: folder,
      description: RunFolder.Description(
        version: version, options: options, space: prioritized, survey: cost,
        warmStart: warmStart.map { $0.proxy.description }, benchmarks: benchmarks.map { try $0.record() },
        combination: problem.combination, searchConfigurations: searchConfigurations),
      benchmarks: benchmarks, problem: problem)
  }

  /// The search of a folder, whose files and options are taken from there.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - setLimits: changes when to stop.
  /// - Throws: `EvolutionError` where the folder holds none, or its files are others by now.
  public init(resuming path: String, setLimits: (inout EvolutionOptions) -> Void) throws {
    let folder = RunFolder(path)
    guard var description = try folder.description() else {
      throw EvolutionError(
        "\(path): holds no search; a search that is begun with this folder makes one", kind: .noInput)
    }
    setLimits(&description.options)
    try description.options.validate()
    let (benchmarks, problem) = try Self.opened(description, from: path)
    try self.init(folder: folder, description: description, benchmarks: benchmarks, problem: problem)
  }

  /// Opens what a search is run on.
  ///
  /// - Parameters:
  ///   - description: the search, with paths of files that are there.
  ///   - source: where it comes from, which errors name.
  /// - Throws: `EvolutionError` where the files are others than those that it was begun on.
  static func opened(
    _ description: RunFolder.Description, from source: String
  ) throws -> (benchmarks: [RankedBenchmark], problem: SearchProblem) {
    let seed = description.options.seed
    let benchmarks = try description.benchmarks.map { known in
      let benchmark = try RankedBenchmark.open(
        [known.path], statistics: [known.statistics], measure: Measure(rawValue: known.truth), seed: seed)[0]
      guard try benchmark.record() == known else {
        throw EvolutionError("\(known.path): is not what the search in \(source) was begun on")
      }
      return benchmark
    }
    let count = description.searchConfigurations
    let problem = try SearchProblem(
      benchmarks.map { try $0.problem(seed: seed, searchCount: count) }, combination: description.combination)
    return (benchmarks, problem)
  }
}

extension RunFolder.Description {
  /// What the first population is given.
  ///
  /// - Parameter source: where the description comes from, which errors name.
  /// - Throws: `EvolutionError` where a text is no formula of the space.
  func warmStartGenomes(from source: String) throws -> [Genome] {
    try warmStart.map { text in
      guard let genome = space.genome(of: try EvolvedProxy(parsing: text)) else {
        throw EvolutionError("\(source): \(text) is not a formula of the space")
      }
      return genome
    }
  }
}
