import ArgumentParser
import Evolution
import Foundation
import Proxies

/// Where proxies are searched for.
struct SpaceOptions: ParsableArguments {
  @Option(
    help: "How formulas are made: sequential, branched, dag or response (of responses, with real constants).")
  var structure = "branched"

  @Option(
    help: """
      What formulas take: paper (A, G, W, H, V), forward (what rounding does in forward passes), extended (all), or names \
      joined by commas. How layers make up a score is searched for where it depends on bits.
      """)
  var inputs = "paper"

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
    guard let structure = Structure(rawValue: structure) else {
      throw ValidationError("--structure is '\(structure)'; sequential, branched, dag or response is needed")
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

  private func shape(_ structure: Structure) -> StructureShape {
    StructureShape(structure, inputs: branches, chainLength: chainLength, nodes: nodes)
  }

  /// The space, of inputs that were computed for all benchmarks.
  func space(_ problem: SearchProblem, structure other: Structure? = nil) throws -> SearchSpace {
    let shape =
      other.map { StructureShape($0) } ?? self.shape(Structure(rawValue: structure) ?? .branched)
    if shape.structure == .response {
      return try SearchSpace(ofResponsesIn: problem, length: shape.chainLength)
    }
    var space = try SearchSpace.named(inputs, shape, in: problem)
    if additive { space.aggregations = space.aggregations.filter(\.isAdditive) }
    return space
  }
}

/// How proxies are evolved, and when to stop.
struct EvolveOptions: ParsableArguments {
  @Option(help: "Individuals alive at a time, on each island.")
  var population = 50

  @Option(help: "Rounds; each makes one offspring and one fresh individual. 1000 where not given.")
  var generations: Int?

  @Option(help: "The share of the population that a parent is the best of.")
  var sampleRatio = 0.2

  @Option(help: "The probability that an offspring has two parents.")
  var crossover = 0.5

  @Option(help: "The probability that an offspring is mutated.")
  var mutation = 0.5

  @Option(help: "What is optimized: spearman@20,50,100, spearman_true@20,50,100, kendall or pearson.")
  var fitness = FitnessMeasure.paper.description

  @Option(help: "Who leaves the population: worst or oldest.")
  var removal: EvolutionOptions.Removal = .worst

  @Flag(
    inversion: .prefixedNo,
    help: "Diversity-prompting selection: a fresh individual competes with each offspring.")
  var dps = true

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

  @Option(help: "Candidates that are tried for an individual before its place stays empty.")
  var attempts = 10

  @Option(
    help: "Evaluations that real constants of each individual are tuned with; 12 where not given, 0 for none."
  )
  var tune: Int?

  @Option(help: "Populations that evolve side by side, on threads of their own.")
  var islands = 1

  @Option(help: "Generations between migrations of each island's best to the next.")
  var migrationInterval = 25

  @Option(help: "Proxies kept in the hall of fame.")
  var hallOfFame = 1000

  @Option(help: "Stop after so many evaluations on all search configurations.")
  var maxEvaluations: Int?

  @Option(help: "Stop after so many generations without a better fitness.")
  var patience: Int?

  @Option(help: "Stop at this fitness.")
  var target: Double?

  func options(seed: UInt64) throws -> EvolutionOptions {
    var options = EvolutionOptions()
    options.populationSize = population
    options.generations = generations ?? options.generations
    options.sampleRatio = sampleRatio
    options.crossoverProbability = crossover
    options.mutationProbability = mutation
    options.fitness = try FitnessMeasure(parsing: fitness)
    options.removal = removal
    options.usesDiversityPrompting = dps
    options.checksEquivalence = equivalence
    options.rejectsEarly = earlyRejection
    options.breeds = !random
    options.attempts = attempts
    options.islands = islands
    options.tuningEvaluations = tune
    options.migrationInterval = migrationInterval
    options.hallOfFameSize = hallOfFame
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
extension SearchProblem.Combination: ExpressibleByArgument {}
