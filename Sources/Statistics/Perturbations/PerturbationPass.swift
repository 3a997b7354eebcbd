import Foundations
import LayerStatistics
import Network
import Quantization
import Torch

/// Computes some perturbation statistics of all layers together.
///
/// A pass is one value, and has a line in ``all``.
public struct PerturbationPass: Sendable {
  /// The program's own passes, in the order in which they run; what one has computed stays.
  public static let all: [PerturbationPass] = [.weightErrors, .derivatives, .oneLayer, .activationErrors]

  /// Whose seconds its work counts as.
  public let stage: StatisticsStage
  /// Whether it has to run where some statistics are needed.
  public let isNeeded: @Sendable (_ statistics: Set<PerturbationStatistic>) -> Bool
  /// Computes its statistics; nil where the user asked to stop.
  public let collect: @Sendable (PerturbationWork) throws -> PerturbationValues?

  /// Makes a pass.
  public init(
    stage: StatisticsStage,
    isNeeded: @escaping @Sendable (Set<PerturbationStatistic>) -> Bool = { _ in true },
    collect: @escaping @Sendable (PerturbationWork) throws -> PerturbationValues?
  ) {
    self.stage = stage
    self.isNeeded = isNeeded
    self.collect = collect
  }
}

/// What a pass computes perturbation statistics of.
public struct PerturbationWork {
  /// The float network, batch norms folded.
  public let network: Network
  /// ΔW, by layer and choice of its bits.
  public var weightErrors: [[Tensor]] { changes.errors }
  /// The rounded weights, by layer and choice of its bits.
  public let rounded: [[Tensor]]
  /// The grid of each layer's input, by bits of inputs and layer.
  public let inputGrids: [[ActivationQuantizer]]
  /// N examples.
  public let inputs: Inputs
  /// N classes; empty for outputs that are values.
  public let labels: [Int]
  /// How losses are measured.
  let comparison: OutputComparison
  /// How statistics are computed.
  public let options: StatisticsOptions
  let changes: PerturbedWeights
  /// Whether products with the Hessian are taken from Gauss-Newton factors.
  let usesFactors: Bool
  /// Receives the progress.
  public let progress: ProgressHandler?
  /// Whether the user asked to stop.
  public let isCancelled: CancellationCheck

  /// The examples in shares.
  ///
  /// - Parameter budget: elements of activations a share.
  func shares(_ budget: Int) -> ImageShares {
    ImageShares(inputs: inputs, labels: labels, network: network, comparison: comparison, budget: budget)
  }
}

/// What a pass gives.
public struct PerturbationValues: Sendable {
  /// By statistic, layer and choice of the bits of its weight.
  public var ofWeights: [PerturbationStatistic: [[Double]]]
  /// The same where the input alone is rounded, by layer and bits of inputs; nil where they were not computed.
  public var ofInputs: [PerturbationStatistic: [[Double]]]?
  /// Of statistics whose bits are those of inputs, by layer and bits of inputs.
  public var ofActivations: [PerturbationStatistic: [[Double]]]

  /// Makes values.
  public init(
    ofWeights: [PerturbationStatistic: [[Double]]] = [:],
    ofInputs: [PerturbationStatistic: [[Double]]]? = nil,
    ofActivations: [PerturbationStatistic: [[Double]]] = [:]
  ) {
    self.ofWeights = ofWeights
    self.ofInputs = ofInputs
    self.ofActivations = ofActivations
  }

  /// Adds what another pass computed and is not known yet.
  mutating func merge(_ other: PerturbationValues) {
    ofWeights.merge(other.ofWeights) { known, _ in known }
    ofActivations.merge(other.ofActivations) { known, _ in known }
    if let inputs = other.ofInputs { ofInputs = (ofInputs ?? [:]).merging(inputs) { known, _ in known } }
  }
}
