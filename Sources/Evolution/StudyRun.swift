import Foundation
import Foundations
import Proxies

/// One way to search, among others that it is compared with.
public struct StudyVariant: Sendable {
  /// What tables call it.
  public let name: String
  /// Where.
  public let space: SearchSpace
  /// Whether operations' probabilities are measured first.
  public let prioritizesOperations: Bool
  /// How.
  public let options: EvolutionOptions
  /// How long; nil for no limit.
  public let maximumSeconds: Double?

  /// Makes a variant.
  public init(
    _ name: String, space: SearchSpace, prioritizesOperations: Bool = true, options: EvolutionOptions,
    maximumSeconds: Double? = nil
  ) {
    self.name = name
    self.space = space
    self.prioritizesOperations = prioritizesOperations
    self.options = options
    self.maximumSeconds = maximumSeconds
  }

  /// A text that variants share which search alike.
  public var identity: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let parts = [(try? encoder.encode(space)), (try? encoder.encode(options))].map {
      $0.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    return sha256(Data("\(parts) \(prioritizesOperations) \(maximumSeconds ?? 0)".utf8))
  }
}

/// What a variant came to with one seed.
public struct StudyRun: Sendable, Codable, Equatable {
  /// The variant.
  public var variant: String
  /// What was searched how, and on what; a run with another is no replacement.
  public var identity: String
  /// The seed of split and search.
  public var seed: UInt64
  /// The proxy chosen on validation configurations.
  public var proxy: String
  /// The best fitness on the search configurations.
  public var fitness: Double
  /// ρ of the chosen proxy on the validation configurations.
  public var validation: Double
  /// ρ@100 %, ρ@50 % and ρ@20 % of the chosen proxy on the test configurations.
  public var test: [Double]
  /// The mean share of slots in which two individuals differ, at the end.
  public var diversity: Double
  /// Genomes looked at.
  public var candidates: Int
  /// Proxies ranked on all search configurations, those of measuring operations among them.
  public var evaluations: Int
  /// Those of measuring operations, which limits of the search do not count.
  public var surveyEvaluations: Int
  /// How many candidates each stage of screening turned away.
  public var rejections: [CompatibilityScreening.Stage: Int]
  /// Seconds of the search, without those of measuring operations, of which it remembers nothing.
  public var seconds: Double
  /// Seconds of measuring operations; 0 where they were not measured.
  public var surveySeconds: Double
  /// The best fitness at numbers of evaluations that double.
  public var curve: [CurvePoint]

  /// The best fitness after so many evaluations.
  public struct CurvePoint: Sendable, Codable, Equatable {
    /// Evaluations.
    public var evaluations: Int
    /// The best fitness so far.
    public var best: Double
  }

  /// Runs a variant.
  ///
  /// - Returns: nil where it was cancelled.
  public init?(
    _ variant: StudyVariant, identity: String, problem: SearchProblem, seed: UInt64,
    isCancelled: @escaping CancellationCheck
  ) throws {
    var (space, options) = (variant.space, variant.options)
    options.seed = seed
    surveyEvaluations = 0
    surveySeconds = 0
    if variant.prioritizesOperations {
      let start = Date()
      let survey = try SpaceSurvey(
        space, problem: problem.following(options.followed), samples: SpaceSurvey.priorSamples, seed: seed,
        threads: 1)
      surveySeconds = Date().timeIntervalSince(start)
      surveyEvaluations = survey.cost.evaluations
      space.probabilities = survey.prioritized
    }
    // What the survey computed would make a search look faster than one without a survey.
    let problem = try variant.prioritizesOperations ? problem.withoutMemory() : problem
    var search = try EvolutionSearch(problem: problem, space: space, options: options)
    let start = Date()
    try search.run(threads: 1, maximumSeconds: variant.maximumSeconds, isCancelled: isCancelled)
    seconds = Date().timeIntervalSince(start)
    if isCancelled() { return nil }
    guard let chosen = try search.chosen(threads: 1).first else {
      throw EvolutionError(
        "\(variant.name), seed \(seed): no formula has a correlation on the validation configurations")
    }
    self.variant = variant.name
    self.identity = identity
    self.seed = seed
    proxy = chosen.proxy.description
    fitness = search.hallOfFame.members.first?.fitness ?? .nan
    validation = chosen.correlations[.validation] ?? .nan
    test = [1, 0.5, 0.2].map { share in
      search.problem.correlation(chosen.proxy, .spearman(atTop: [share]), on: .test) ?? .nan
    }
    let state = search.state
    diversity = state.history.last?.diversity ?? .nan
    candidates = state.candidates
    evaluations = state.evaluations + surveyEvaluations
    rejections = state.rejections
    var curve: [CurvePoint] = []
    for row in state.history where row.evaluations >= 2 * (curve.last?.evaluations ?? 50) {
      curve.append(CurvePoint(evaluations: row.evaluations, best: row.best))
    }
    if let last = state.history.last {
      curve.append(CurvePoint(evaluations: last.evaluations, best: last.best))
    }
    self.curve = curve
  }
}
