import Proxies

/// What a search optimizes: one benchmark, or several at once.
public struct SearchProblem: Sendable {
  /// How fitnesses of several benchmarks become one.
  public enum Combination: String, CaseIterable, Codable, Sendable {
    /// Their mean.
    case mean
    /// The least of them.
    case minimum

    func value(of fitnesses: [Double]) -> Double {
      switch self {
      case .mean: fitnesses.reduce(0, +) / Double(max(1, fitnesses.count))
      case .minimum: fitnesses.min() ?? .nan
      }
    }
  }

  /// The benchmarks.
  public let benchmarks: [BenchmarkProblem]
  /// How their fitnesses become one.
  public let combination: Combination

  /// Makes a problem of at least one benchmark.
  ///
  /// - Throws: ``EvolutionError`` where there is none.
  public init(_ benchmarks: [BenchmarkProblem], combination: Combination = .mean) throws {
    guard !benchmarks.isEmpty else { throw EvolutionError("a search needs a benchmark", kind: .usage) }
    self.benchmarks = benchmarks
    self.combination = combination
  }

  /// Whether an input was computed for all benchmarks' networks.
  public func isAvailable(_ input: FormulaInput) -> Bool {
    benchmarks.allSatisfy { $0.evaluator.isAvailable(input) }
  }

  /// Whether responses were computed for all benchmarks' networks.
  public func isAvailable(_ input: ResponseInput) -> Bool {
    benchmarks.allSatisfy { $0.responses.isAvailable(input) }
  }

  /// The responses that were computed for all benchmarks' networks, with interactions where any of them has some.
  public var availableResponses: [ResponseInput] {
    ResponseInput.Background.allCases.compactMap { background in
      guard isAvailable(ResponseInput(background, interactions: false)) else { return nil }
      return ResponseInput(
        background, interactions: benchmarks.contains { $0.responses.hasInteractions(background) })
    }
  }

  /// The same problem, ranked by other conventions.
  package func following(_ conventions: SearchConventions) -> SearchProblem {
    SearchProblem(following: conventions, self)
  }

  private init(following conventions: SearchConventions, _ other: SearchProblem) {
    benchmarks = other.benchmarks.map { $0.following(conventions) }
    combination = other.combination
  }

  /// The same problem, with nothing remembered of formulas that were computed.
  ///
  /// - Throws: `TorchError` where memory does not suffice.
  package func withoutMemory() throws -> SearchProblem {
    try SearchProblem(try benchmarks.map { try $0.withoutMemory() }, combination: combination)
  }

  /// A part of the configurations.
  public enum Part: String, CaseIterable, Sendable {
    /// Those that fitness is measured on.
    case search
    /// Those that the best formula is chosen on.
    case validation
    /// Those that results are reported on.
    case test

    func positions(_ split: ConfigurationSplit) -> [Int] {
      switch self {
      case .search: split.search
      case .validation: split.validation
      case .test: split.test
      }
    }
  }

  /// Which network each benchmark is of, by the first benchmark of that network.
  var networks: [Int] {
    let names = benchmarks.map { $0.evaluator.inputs.statistics.layerNames }
    return names.map { names.firstIndex(of: $0) ?? 0 }
  }

  /// How well a proxy ranks a part of each benchmark's configurations; nil where it is not defined.
  func correlations(_ proxy: EvolvedProxy, _ measure: FitnessMeasure = .rho, on part: Part) -> [Double?] {
    benchmarks.map { $0.correlation(proxy, measure, at: part.positions($0.split)) }
  }

  /// How well a proxy ranks a part of the configurations, over all benchmarks; nil where any is not defined.
  public func correlation(_ proxy: EvolvedProxy, _ measure: FitnessMeasure = .rho, on part: Part) -> Double? {
    let values = correlations(proxy, measure, on: part)
    let defined = values.compactMap { $0 }
    return defined.count == values.count ? combination.value(of: defined) : nil
  }
}
