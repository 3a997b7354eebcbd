import Benchmarks
import Evolution
import Proxies

/// A search with everything that it needs, new or going on.
struct SearchJob {
  let folder: RunFolder
  let description: RunFolder.Description
  let benchmarks: [SearchBenchmark]
  let problem: SearchProblem
  /// Where the folder's search is; nil of a search that begins.
  let saved: SearchState?
  let warmStart: [Genome]

  init(
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
  init(resuming path: String, evolve: EvolveOptions, threads: Int) throws {
    let folder = RunFolder(path)
    guard var description = try folder.description() else {
      throw EvolutionError("\(path): holds no search; -o of `emq search` makes one", kind: .noInput)
    }
    evolve.setLimits(&description.options)
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
