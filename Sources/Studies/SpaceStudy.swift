import Evolution
import Foundations
import Proxies

/// What random formulas of each structure are worth, with operations drawn evenly and by their validity.
public struct SpaceStudy: Sendable {
  /// A structure's surveys: operations drawn evenly, and prioritized.
  public typealias Surveys = (uniform: SpaceSurvey, prioritized: SpaceSurvey)

  /// The surveys of each structure.
  public let surveys: [Surveys]

  /// Surveys the structures whose formulas are over statistics of layers.
  ///
  /// - Parameters:
  ///   - problem: the benchmarks that formulas are judged on.
  ///   - samples: how many formulas of each structure are drawn.
  ///   - seed: what randomness is derived from.
  ///   - context: threads, cancellation and progress.
  ///   - space: the space of a structure.
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public init(
    _ problem: SearchProblem, samples: Int, seed: UInt64, context: WorkContext,
    space: (Structure) throws -> SearchSpace
  ) throws {
    surveys = try context.stage("space") { progress in
      try Structure.ofLayers.map { structure in
        var space = try space(structure)
        func survey(_ seed: UInt64, _ samples: Int) throws -> SpaceSurvey {
          try context.checkCancellation()
          return try SpaceSurvey(
            space, problem: problem, samples: samples, seed: seed, threads: context.threads,
            progress: progress)
        }
        let uniform = try survey(seed, samples)
        // Validity is measured with other samples than the probabilities are taken from.
        space.probabilities = try survey(seed &+ 1, SpaceSurvey.priorSamples).prioritized
        return (uniform, try survey(seed &+ 2, samples))
      }
    }
  }
}
