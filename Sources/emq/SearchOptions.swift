import ArgumentParser
import Evolution
import Foundation
import Proxies

/// Where proxies are searched for.
struct SpaceOptions: ParsableArguments {
  @Option(
    help:
      "How formulas are made: sequential, branched, dag or response (of responses, with real constants); branched where neither this nor the search says."
  )
  var structure: String?

  @Option(
    help: """
      What formulas take: paper (A, G, W, H, V), forward (what rounding does in forward passes), extended (all), or names \
      joined by commas; paper where not given. How layers make up a score is searched for where it depends on bits.
      """)
  var inputs: String?

  @Flag(help: "Only scores that are sums over layers, as exact allocation needs.")
  var additive = false

  @Option(help: "Chains of a branched structure, or inputs of a DAG; 2 where not given.")
  var branches: Int?

  @Option(
    help: "Unary operations in a chain; 2 of a branched structure, 4 of a sequential one where not given.")
  var chainLength: Int?

  @Option(help: "Nodes of a DAG; 3 where not given.")
  var nodes: Int?

  func validate() throws {
    let structure = self.structure.map { Structure(rawValue: $0) } ?? .branched
    guard let structure else {
      throw ValidationError(
        "--structure is '\(self.structure ?? "")'; sequential, branched, dag or response is needed")
    }
    if structure == .sequential, branches != nil {
      throw ValidationError("a sequential structure has one chain")
    }
    if structure == .dag, chainLength != nil {
      throw ValidationError("a DAG has no chains; --nodes is its size")
    }
    if structure != .dag, nodes != nil { throw ValidationError("--nodes is for --structure dag") }
    if let fault = shape(structure).fault { throw ValidationError(fault) }
  }

  /// Whether anything is said of formulas, which is of those over statistics of layers unless the structure is another.
  var isSaid: Bool {
    structure != nil || inputs != nil || additive || branches != nil || chainLength != nil || nodes != nil
  }

  private func shape(_ structure: Structure) -> StructureShape {
    StructureShape(structure, inputs: branches, chainLength: chainLength, nodes: nodes)
  }

  /// The space, of inputs that were computed for all benchmarks.
  func space(
    _ problem: SearchProblem, structure other: Structure? = nil, usual: Structure = .branched
  ) throws -> SearchSpace {
    let shape =
      other.map { StructureShape($0) } ?? self.shape(structure.flatMap(Structure.init(rawValue:)) ?? usual)
    if shape.structure == .response {
      return try SearchSpace(ofResponsesIn: problem, length: shape.chainLength)
    }
    var space = try SearchSpace.named(inputs ?? "paper", shape, in: problem)
    if additive { space.aggregations = space.aggregations.filter(\.isAdditive) }
    return space
  }
}

/// How proxies are evolved, and when to stop; what is not said is as in the preset.
struct EvolveOptions: ParsableArguments {
  @Option(
    help: """
      What else is not said: paper (EMQ's own setting) or responses (--structure response, --fitness spearman@100, --removal \
      oldest, --hall-of-fame 50, --search-configurations 100); where not given, responses where all benchmarks' statistics \
      have some and nothing is said of formulas.
      """)
  var like: String?

  @Option(help: "Individuals alive at a time, on each island; 50 where not given.")
  var population: Int?

  @Option(help: "Rounds; each makes one offspring and one fresh individual. 1000 where not given.")
  var generations: Int?

  @Option(
    help: "How parents are selected: tournament, or lexicase (by parts of benchmarks, one after the other).")
  var select: ParentSelection?

  @Option(help: "The share of the population that a parent is the best of; 0.2 where not given.")
  var sampleRatio: Double?

  @Option(help: "The probability that an offspring has two parents; 0.5 where not given.")
  var crossover: Double?

  @Option(help: "The probability that an offspring is mutated; 0.5 where not given.")
  var mutation: Double?

  @Option(help: "What is optimized: spearman@20,50,100, spearman_true@20,50,100, kendall or pearson.")
  var fitness: String?

  @Option(help: "Who leaves the population: worst or oldest.")
  var removal: EvolutionOptions.Removal?

  @Flag(
    inversion: .prefixedNo,
    help: "Diversity-prompting selection: a fresh individual competes with each offspring.")
  var dps = true

  @Option(
    help:
      "Generations from one fresh individual of diversity-prompting selection to the next; 1 where not given."
  )
  var dpsInterval: Int?

  @Flag(
    inversion: .prefixedNo, help: "Operation sampling prioritization: draw what is often invalid less often.")
  var osp = true

  @Flag(inversion: .prefixedNo, help: "Turn away proxies that were seen in another form, or rank just so.")
  var equivalence = true

  @Flag(
    inversion: .prefixedNo,
    help: "Turn away proxies by their formula, or where they are poor on a few configurations.")
  var earlyRejection = true

  @Flag(help: "Random search: no parents.")
  var random = false

  @Option(
    help: "Candidates that are tried for an individual before its place stays empty; 10 where not given.")
  var attempts: Int?

  @Option(
    help:
      "Evaluations that constants of individuals not below the median are tuned with; 12 where not given, 0 for none."
  )
  var tune: Int?

  @Option(help: "Populations that evolve side by side, on threads of their own; 1 where not given.")
  var islands: Int?

  @Option(help: "Generations between migrations of each island's best to the next; 25 where not given.")
  var migrationInterval: Int?

  @Option(help: "Proxies kept in the hall of fame.")
  var hallOfFame: Int?

  @Option(
    help:
      "How one of them is chosen: validation, or left_out (of a complexity that serves networks left out).")
  var choose: ProxyChoice?

  @Option(help: "Stop after so many evaluations on all search configurations.")
  var maxEvaluations: Int?

  @Option(help: "Stop after so many generations without a better fitness.")
  var patience: Int?

  @Option(help: "Stop at this fitness.")
  var target: Double?

  func validate() throws {
    guard like.map({ SearchPreset.named($0) != nil }) ?? true else {
      let names = SearchPreset.all.map(\.name).joined(separator: " or ")
      throw ValidationError("--like is '\(like ?? "")'; \(names) is needed")
    }
  }

  /// The preset that was asked for, or that fits the networks.
  func preset(for networks: [ProxyInputs], _ space: SpaceOptions) -> SearchPreset {
    like.flatMap(SearchPreset.named) ?? (space.isSaid ? .paper : .usual(for: networks))
  }

  func options(_ preset: SearchPreset, seed: UInt64) throws -> EvolutionOptions {
    var options = preset.options
    func set<Value>(_ path: WritableKeyPath<EvolutionOptions, Value>, _ value: Value?) {
      if let value { options[keyPath: path] = value }
    }
    set(\.populationSize, population)
    set(\.selection, select)
    set(\.sampleRatio, sampleRatio)
    set(\.crossoverProbability, crossover)
    set(\.mutationProbability, mutation)
    set(\.fitness, try fitness.map { try FitnessMeasure(parsing: $0) })
    set(\.removal, removal)
    options.usesDiversityPrompting = dps
    set(\.diversityInterval, dpsInterval)
    options.checksEquivalence = equivalence
    options.rejectsEarly = earlyRejection
    options.breeds = !random
    set(\.attempts, attempts)
    set(\.islands, islands)
    set(\.tuningEvaluations, tune)
    set(\.migrationInterval, migrationInterval)
    set(\.hallOfFameSize, hallOfFame)
    set(\.choice, choose)
    options.seed = seed
    setLimits(&options)
    try options.validate()
    return options
  }

  /// When to stop, where that was said.
  func setLimits(_ options: inout EvolutionOptions) {
    if let generations { options.generations = generations }
    if let maxEvaluations { options.maximumEvaluations = maxEvaluations }
    if let patience { options.patience = patience }
    if let target { options.targetFitness = target }
  }
}

extension EvolutionOptions.Removal: ExpressibleByArgument {}
extension ParentSelection: ExpressibleByArgument {}
extension ProxyChoice: ExpressibleByArgument {}
extension SearchProblem.Combination: ExpressibleByArgument {}
