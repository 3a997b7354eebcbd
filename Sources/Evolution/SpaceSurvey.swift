import Foundation
import Foundations
import Proxies
import Torch

/// What random formulas of a space are worth: how many have a usable score, and how many a good one.
public struct SpaceSurvey: Sendable {
  /// A share of samples.
  public struct Share: Sendable, Equatable {
    /// Samples that have the property.
    public let count: Int
    /// All samples.
    public let total: Int

    /// The share; 0 of none.
    public var value: Double { total > 0 ? Double(count) / Double(total) : 0 }

    /// The interval that holds the true share with 95 % confidence (Wilson, "Probable Inference, the Law of Succession,
    /// and Statistical Inference", JASA 1927).
    public var interval: ClosedRange<Double> {
      guard total > 0 else { return 0...1 }
      let (n, z) = (Double(total), 1.959963984540054)
      let center = (value + z * z / (2 * n)) / (1 + z * z / n)
      let width = z / (1 + z * z / n) * (value * (1 - value) / n + z * z / (4 * n * n)).squareRoot()
      return max(0, center - width)...min(1, center + width)
    }
  }

  /// The space that was sampled.
  public let space: SearchSpace
  /// How many samples were drawn.
  public let samples: Int
  /// What it took.
  public let cost: SurveyCost
  /// Those with a usable score.
  public let valid: Share
  /// Those whose fitness reaches ``goodFitness``.
  public let good: Share
  /// Of the valid ones, those that rank the configurations unlike all before them.
  public let distinct: Share
  /// Samples without a usable score, by reason.
  public let reasons: [CompatibilityScreening.Stage: Int]
  /// Of the samples that hold a unary operation, those with a usable score.
  public let unary: [UnaryPrimitive: Share]
  /// The same of binary operations.
  public let binary: [BinaryPrimitive: Share]

  /// The mean of ρ@20, ρ@50 and ρ@100 from which a formula is good.
  public static let goodFitness = 0.5

  /// Samples a space.
  ///
  /// - Complexity: O(samples) evaluations.
  public init(
    _ space: SearchSpace, problem: SearchProblem, samples: Int, seed: UInt64, threads: Int,
    progress: ProgressHandler? = nil, isCancelled: CancellationCheck = { false }
  ) throws {
    let options = EvolutionOptions.withoutEarlyRejection
    let counter = ProgressCounter(total: samples, handler: progress)
    let outcomes = try parallelTensorMap(count: (samples + Self.block - 1) / Self.block, threads: threads) {
      block -> [(genome: Genome, outcome: CandidateEvaluation.Outcome, evaluations: Int)] in
      var evaluation = try CandidateEvaluation(problem, options)
      return (block * Self.block..<min(samples, (block + 1) * Self.block)).map { index in
        var stream = RandomStream(seed: seed, purpose: "space survey", index: UInt64(index))
        let genome = space.random(using: &stream)
        var evaluations = 0
        counter.advance()
        let outcome = evaluation.outcome(genome.proxy, evaluations: &evaluations)
        return (genome, outcome, evaluations)
      }
    }.joined()
    var (validCount, goodCount) = (0, 0)
    var fingerprints: Set<UInt64> = []
    var reasons: [CompatibilityScreening.Stage: Int] = [:]
    var unaryCounts: [UnaryPrimitive: (valid: Int, all: Int)] = [:]
    var binaryCounts: [BinaryPrimitive: (valid: Int, all: Int)] = [:]
    for (genome, outcome, _) in outcomes {
      var isValid = 0
      switch outcome {
      case .rejected(let stage): reasons[stage, default: 0] += 1
      case .valid(let outcome):
        isValid = 1
        if outcome.fitness >= Self.goodFitness { goodCount += 1 }
        fingerprints.insert(outcome.fingerprint)
      }
      validCount += isValid
      for operation in Set(genome.operations) {
        unaryCounts[operation, default: (0, 0)].valid += isValid
        unaryCounts[operation, default: (0, 0)].all += 1
      }
      for operation in Set(genome.joins) {
        binaryCounts[operation, default: (0, 0)].valid += isValid
        binaryCounts[operation, default: (0, 0)].all += 1
      }
    }
    self.space = space
    self.samples = samples
    cost = SurveyCost(samples: samples, evaluations: outcomes.reduce(0) { $0 + $1.evaluations })
    self.reasons = reasons
    valid = Share(count: validCount, total: samples)
    good = Share(count: goodCount, total: samples)
    distinct = Share(count: fingerprints.count, total: validCount)
    unary = unaryCounts.mapValues { Share(count: $0.valid, total: $0.all) }
    binary = binaryCounts.mapValues { Share(count: $0.valid, total: $0.all) }
  }

  private static let block = 64

  /// Samples that operation probabilities are measured with.
  public static let priorSamples = 4000

  /// Probabilities in proportion to the square of each operation's validity (operation sampling prioritization).
  ///
  /// An operation's validity is that of the formulas that hold it, (valid + 1) / (all + 2), so one that was never drawn
  /// keeps a chance. The square makes the rare ones rarer: in proportion to validity itself, the gain is half as large.
  public var prioritized: OperationProbabilities {
    func weight(_ share: Share?) -> Double {
      let validity = Double((share?.count ?? 0) + 1) / Double((share?.total ?? 0) + 2)
      return validity * validity
    }
    return OperationProbabilities(
      unary: Dictionary(uniqueKeysWithValues: space.primitives.unary.map { ($0, weight(unary[$0])) }),
      binary: Dictionary(uniqueKeysWithValues: space.primitives.binary.map { ($0, weight(binary[$0])) }),
      primitives: space.primitives)
  }
}
