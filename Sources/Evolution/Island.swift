import Foundations
import Proxies

/// A population that evolves by itself; all that is needed to resume it.
public struct Island: Sendable, Equatable, Codable {
  /// Which of the islands it is.
  public let index: Int
  /// The individuals alive.
  public private(set) var population: [Individual] = []
  /// Generations done.
  public private(set) var generation = 0
  /// Genomes that were drawn or bred, usable or not.
  public private(set) var candidates = 0
  /// Proxies that were ranked on all search configurations.
  public private(set) var evaluations = 0
  /// What was seen and turned away.
  public private(set) var screening = CompatibilityScreening()
  /// The best so far.
  public private(set) var hallOfFame: HallOfFame
  /// The fittest of each complexity so far.
  public private(set) var paretoFront = ComplexityFront()

  init(index: Int, hallOfFameSize: Int) {
    self.index = index
    hallOfFame = HallOfFame(size: hallOfFameSize)
  }

  /// A random stream of this island.
  private func stream(_ options: EvolutionOptions, _ purpose: String, _ number: Int) -> RandomStream {
    RandomStream(seed: options.seed, purpose: "\(purpose) of island \(index)", index: UInt64(number))
  }

  /// Fills the population with valid individuals: those given, and random ones.
  mutating func populate(
    space: SearchSpace, options: EvolutionOptions, warmStart: [Genome],
    evaluation: inout CandidateEvaluation, isCancelled: CancellationCheck
  ) throws {
    for genome in warmStart.prefix(options.populationSize) {
      if let individual = individual(genome, options, &evaluation) { population.append(individual) }
    }
    let limit = options.populationSize * 1000
    var attempt = 0
    while population.count < options.populationSize {
      if isCancelled() { return }
      guard attempt < limit else {
        throw EvolutionError(
          "\(limit) random formulas gave no population of \(options.populationSize) different valid ones;"
            + " a smaller population or more inputs would do")
      }
      var stream = stream(options, "initial population", attempt)
      attempt += 1
      if let individual = individual(space.random(using: &stream), options, &evaluation) {
        population.append(individual)
      }
    }
  }

  /// Makes an offspring and, for diversity, a fresh individual; the better of them takes somebody's place.
  mutating func advance(
    space: SearchSpace, options: EvolutionOptions, evaluation: inout CandidateEvaluation
  ) {
    generation += 1
    var stream = stream(options, "generation", generation)
    var newcomers: [Individual] = []
    if options.breeds {
      for _ in 0..<options.attempts {
        let genome = offspring(space: space, options: options, using: &stream)
        if let individual = individual(genome, options, &evaluation) {
          newcomers.append(individual)
          break
        }
      }
    }
    let isPrompted =
      options.usesDiversityPrompting && generation.isMultiple(of: options.diversityInterval ?? 1)
    if isPrompted || !options.breeds {
      for _ in 0..<options.attempts {
        if let individual = individual(space.random(using: &stream), options, &evaluation) {
          newcomers.append(individual)
          break
        }
      }
    }
    if let winner = newcomers.max(by: { $0.fitness < $1.fitness }) {
      population[options.removal.position(in: population)] = winner
    }
  }

  private func offspring(
    space: SearchSpace, options: EvolutionOptions, using stream: inout RandomStream
  ) -> Genome {
    func parent() -> Genome {
      (options.selection ?? .tournament).parent(
        from: population, sampleRatio: options.sampleRatio, using: &stream
      ).genome
    }
    var offspring = parent()
    let isCrossed = stream.uniform() < options.crossoverProbability
    if isCrossed { offspring = space.crossover(offspring, parent(), using: &stream) }
    if stream.uniform() < options.mutationProbability || !isCrossed {
      offspring = space.mutated(offspring, using: &stream)
    }
    return offspring
  }

  /// The individual of a genome; nil where it was turned away, which is counted.
  private mutating func individual(
    _ genome: Genome, _ options: EvolutionOptions, _ evaluation: inout CandidateEvaluation
  ) -> Individual? {
    candidates += 1
    let proxy = genome.proxy
    let form = proxy.canonicalHash
    if options.checksEquivalence, !screening.isFirst(form: form) {
      screening.reject(.knownForm)
      return nil
    }
    if options.rejectsEarly, proxy.staticFault != nil {
      screening.reject(.formula)
      return nil
    }
    switch evaluation.outcome(proxy, evaluations: &evaluations) {
    case .rejected(let stage):
      screening.reject(stage)
      return nil
    case .valid(var outcome):
      var (genome, form) = (genome, form)
      let limit = options.tuningEvaluations ?? EvolutionOptions.usualTuningEvaluations
      // Most are too poor for their constants to matter, and evaluations are better spent on others.
      let isPromising = population.count == options.populationSize && outcome.fitness >= medianFitness
      if limit > 0, genome.response != nil, isPromising {
        var count = 0
        let tuned = ConstantTuning(evaluations: limit).tuned(genome, fitness: outcome.fitness) { candidate in
          guard
            case .valid(let outcome) = evaluation.outcome(
              candidate.proxy, evaluations: &count, isKnownWell: true)
          else {
            return nil
          }
          return outcome
        }
        evaluations += count
        if let tuned {
          (genome, outcome) = tuned
          form = genome.proxy.canonicalHash
          _ = screening.isFirst(form: form)
        }
      }
      let individual = Individual(genome: genome, outcome, form: form, birth: generation)
      hallOfFame.consider(individual)
      paretoFront.consider(individual)
      if options.checksEquivalence, !screening.isFirst(fingerprint: individual.fingerprint) {
        screening.reject(.knownRanks)
        return nil
      }
      return individual
    }
  }

  /// Takes in a visitor from another island, unless one like it lives here.
  mutating func receive(_ visitor: Individual, _ options: EvolutionOptions) {
    guard !population.contains(where: { $0.form == visitor.form || $0.fingerprint == visitor.fingerprint })
    else { return }
    _ = screening.isFirst(form: visitor.form)
    _ = screening.isFirst(fingerprint: visitor.fingerprint)
    population[options.removal.position(in: population)] = visitor
  }

  /// The fittest individual alive.
  var best: Individual? { population.max { $0.fitness < $1.fitness } }

  /// The mean share of slots in which two individuals differ.
  ///
  /// - Complexity: O(individuals² · slots).
  public var diversity: Double {
    var (sum, pairs) = (0.0, 0)
    for left in population.indices {
      for right in population.indices where right > left {
        sum += population[left].genome.distance(to: population[right].genome)
        pairs += 1
      }
    }
    return pairs > 0 ? sum / Double(pairs) : 0
  }

  /// What the history says of the island after this generation.
  var historyRow: HistoryRow {
    HistoryRow(
      generation: generation, best: hallOfFame.members.first?.fitness ?? 0, median: medianFitness,
      candidates: candidates, evaluations: evaluations, diversity: diversity)
  }

  /// The middle fitness in the population.
  var medianFitness: Double {
    let sorted = population.map(\.fitness).sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  /// Whether the parts of a saved island fit together and these options.
  func isWhole(_ options: EvolutionOptions, space: SearchSpace, index: Int) -> Bool {
    (population + hallOfFame.members + paretoFront.members).allSatisfy {
      $0.fitness.isFinite && $0.genome.isWhole && $0.genome.shape == space.shape
    } && self.index == index && generation >= 0 && candidates >= 0 && evaluations >= 0
      && (population.isEmpty ? generation == 0 : population.count == options.populationSize)
  }
}
