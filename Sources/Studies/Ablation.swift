import Benchmarks
import Evolution
import Foundation
import Foundations
import Proxies
import RankStatistics
import Synchronization
import Torch

/// Runs the variants of a study with all seeds, and keeps each run in a file.
public struct Ablation: Sendable {
  /// What is compared.
  public let study: AblationStudy
  /// What searches are run on.
  public let benchmark: RankedBenchmark
  /// What is not compared.
  public let options: EvolutionOptions
  /// How long variants at equal time search.
  public let seconds: Double
  /// A run for each.
  public let seeds: [UInt64]
  /// Where runs are kept.
  public let folder: String
  private let context: WorkContext

  /// Makes an ablation.
  public init(
    study: AblationStudy, benchmark: RankedBenchmark, options: EvolutionOptions, seconds: Double,
    seeds: [UInt64],
    folder: String, context: WorkContext
  ) {
    self.study = study
    self.benchmark = benchmark
    self.options = options
    self.seconds = seconds
    self.seeds = seeds
    self.folder = folder
    self.context = context
  }

  private struct Task {
    let variant: StudyVariant
    let seed: UInt64
    let replicate: Int
  }

  /// All runs, variant by variant; nil where it was cancelled.
  public func runs(progress: @escaping ProgressHandler) throws -> [StudyRun]? {
    let tasks = try self.tasks()
    try AtomicFile.makeFolder("\(folder)/runs")
    let counter = ProgressCounter(total: tasks.count, handler: progress)
    let best = Mutex(-Double.infinity)
    let results = try parallelTensorMap(count: tasks.count, threads: context.threads) { index -> StudyRun? in
      if context.isCancelled() { return nil }
      guard let run = try result(of: tasks[index]) else { return nil }
      let highest = best.withLock { best in
        best = max(best, run.fitness)
        return best
      }
      counter.advance(String(format: "best fitness %.3f", highest))
      return run
    }
    let complete = results.compactMap { $0 }
    return complete.count == results.count ? complete : nil
  }

  private func tasks() throws -> [Task] {
    let problem = try SearchProblem([benchmark.problem(seed: seeds[0])])
    guard study == .batch else {
      return study.variants(problem, options: options, seconds: seconds).flatMap { variant in
        seeds.enumerated().map { Task(variant: variant, seed: $1, replicate: $0) }
      }
    }
    // Batches of one size are replicates of each other.
    let sizes = benchmark.statistics.map { Int($0.values.origin["images"] ?? "") ?? 0 }
    guard Set(sizes).count > 1 else {
      throw EvolutionError(
        "the study batch needs statistics of batches of two sizes and more; all are of \(sizes[0]) images",
        kind: .usage)
    }
    return study.variants(problem, options: options, seconds: seconds).flatMap { variant in
      Set(sizes).sorted().flatMap { size in
        let files = sizes.indices.filter { sizes[$0] == size }
        let named = StudyVariant(
          "\(variant.name), \(size) images", space: variant.space, options: variant.options)
        return seeds.enumerated().map { Task(variant: named, seed: $1, replicate: files[$0 % files.count]) }
      }
    }
  }

  private func result(of task: Task) throws -> StudyRun? {
    let name = task.variant.name.map { $0.isLetter || $0.isNumber ? $0 : "-" }
    let path = "\(folder)/runs/\(String(name))-\(task.seed).json"
    let record = try benchmark.record(replicate: task.replicate)
    let identity = sha256(Data("\(task.variant.identity) \(record.digest) \(record.truth)".utf8))
    if let data = try? AtomicFile.read(path),
      let known = try? JSONDecoder().decode(StudyRun.self, from: data),
      known.identity == identity
    {
      return known
    }
    // Its own evaluator, so that nobody profits from what others computed.
    let problem = try SearchProblem([benchmark.problem(replicate: task.replicate, seed: task.seed)])
    let run = try StudyRun(
      task.variant, identity: identity, problem: problem, seed: task.seed,
      isCancelled: context.isCancelled)
    guard let run else { return nil }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(encoder.encode(run) + Data("\n".utf8), to: path)
    return run
  }

  // MARK: What stands beside

  /// Something that the runs are compared with, on the same test configurations.
  public struct Reference: Sendable {
    /// Who ranks.
    public let name: String
    /// ρ@100 %, ρ@50 % and ρ@20 %, by seed.
    public let test: [[Double]]
  }

  /// For the study of inputs: handcrafted proxies with the highest mean, baselines, oracles, and the noise ceiling.
  public func references() throws -> [Reference] {
    guard study == .inputs else { return [] }
    let problems = try seeds.enumerated().map { try benchmark.problem(replicate: $0, seed: $1) }
    @Sendable func values(_ scores: [Double], _ problem: BenchmarkProblem) -> [Double] {
      let test = problem.split.test
      let (predicted, measured) = (test.map { scores[$0] }, test.map { problem.truth[$0] })
      return [1, 0.5, 0.2].map {
        RankCorrelation.spearman(atTop: $0, predicted: predicted, truth: measured) ?? .nan
      }
    }
    func mean(_ reference: Reference) -> Double {
      reference.test.reduce(0) { $0 + $1[0] } / Double(reference.test.count)
    }
    var references: [Reference] = []
    for kind in ProxyKind.allCases {
      let all = HandcraftedProxy.all.filter { $0.kind == kind }.compactMap { proxy -> Reference? in
        let test = problems.compactMap { problem -> [Double]? in
          (try? proxy.scores(problem.evaluator.inputs).scores(problem.configurations)).map {
            values($0, problem)
          }
        }
        guard test.count == problems.count, test.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return nil }
        return Reference(name: "\(proxy.name) (best \(kind.rawValue), with hindsight)", test: test)
      }
      if let best = all.max(by: { mean($0) < mean($1) }) { references.append(best) }
    }
    references += try baselines(problems)
    for form in OracleRegression.Form.allCases {
      let test = try parallelMap(count: problems.count, threads: context.threads) { index in
        let problem = problems[index]
        let predictions = try OracleRegression(form: form).predictions(
          configurations: problem.configurations, truth: problem.truth, folds: 10, seed: seeds[index])
        return values(predictions, problem)
      }
      references.append(Reference(name: form.title, test: test))
    }
    if let ceiling = benchmark.truth.ceiling {
      references.append(
        Reference(
          name: "noise ceiling",
          test: seeds.map { _ in [ceiling.all, ceiling.half ?? .nan, ceiling.fifth ?? .nan] }))
    }
    return references
  }

  /// What a few images, and a regression on as many labels as a search sees, come to.
  private func baselines(_ problems: [BenchmarkProblem]) throws -> [Reference] {
    let rankings = try problems.enumerated().map { index, problem in
      try benchmark.baselines(
        problem, resamples: 0, seed: seeds[index], threads: context.threads)
    }
    return (rankings.first ?? []).indices.map { position in
      Reference(
        name: rankings[0][position].name,
        test: rankings.map { ranking in
          [RankingMetric.rho100, .rho50, .rho20].map { ranking[position].estimates[$0]?.mean ?? .nan }
        })
    }
  }
}
