/// A number for each quantizable layer and each number of bits that its weight, or its input, may have.
///
/// W is the weight with its batch norm folded in, ΔW = Q_b(W) − W the error of rounding it to b bits, x what enters the
/// layer in the float network, and N the number of images.
public enum PerturbationStatistic: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable {
  /// ‖ΔW‖².
  case weightError = "weight_error"
  /// ‖ΔW‖² / ‖W‖².
  case relativeWeightError = "relative_weight_error"
  /// The mean over images of ‖ΔW x‖², the error of the layer's output.
  case outputError = "output_error"
  /// The same divided by the mean of ‖W x‖².
  case relativeOutputError = "relative_output_error"
  /// ⟨∂L/∂W, ΔW⟩, the loss's change to first order.
  case gradientProduct = "gradient_product"
  /// ⟨ΔW, H ΔW⟩ with H the layer's own block of the Hessian; half of it is the loss's change to second order.
  case hessianProduct = "hessian_product"
  /// Σ F ⊙ ΔW² with F the diagonal of the empirical Fisher information.
  case fisherProduct = "fisher_product"
  /// The trace of the empirical Fisher information times the mean of ΔW².
  case fisherTraceProduct = "fisher_trace_product"
  /// L with this layer's weight rounded, minus L.
  case lossIncrease = "loss_increase"
  /// The mean Kullback-Leibler divergence of the network with this layer's weight rounded from the float network.
  case divergence
  /// The mean over images of ‖Q_b(x) − x‖² where b are bits of the layer's input.
  case activationError = "activation_error"

  /// Whether the bits are those of the layer's input, not of its weight.
  public var isOfActivations: Bool { self == .activationError }

  /// Those that take gradients.
  public static let derivatives: Set<PerturbationStatistic> = [
    .gradientProduct, .hessianProduct, .fisherProduct, .fisherTraceProduct,
  ]

  /// Those that can be computed of a rounded input as of a rounded weight.
  public static let ofOutputs: Set<PerturbationStatistic> = [
    .outputError, .relativeOutputError, .lossIncrease, .divergence,
  ]

  /// The stages that it takes.
  public var stages: [StatisticsStage] {
    switch self {
    case .activationError: [.perturbations]
    case .weightError, .relativeWeightError: [.rounding]
    case .lossIncrease, .divergence: [.rounding, .oneLayer]
    default: [.rounding, .perturbations]
    }
  }
}

/// Perturbation statistics of a network under one way to round.
public struct PerturbationTable: Sendable, Equatable, Codable {
  /// How weights were rounded, in a form that can be compared.
  public let rounding: String
  /// Which images the rounding was calibrated on.
  public let calibration: String
  /// Bits of weights, ascending.
  public let weightBits: [Int]
  /// Bits of layers' inputs, ascending.
  public let activationBits: [Int]
  /// By statistic, layer and position of the bits; NaN where a layer was not given these bits.
  public private(set) var values: [PerturbationStatistic: [[Double]]]

  /// ``PerturbationStatistic/ofOutputs`` where the layer's input alone is rounded, by layer and position of
  /// ``activationBits``; nil where they were not computed.
  public private(set) var inputValues: [PerturbationStatistic: [[Double]]]?

  /// Makes a table.
  public init(
    rounding: String, calibration: String, weightBits: [Int], activationBits: [Int],
    values: [PerturbationStatistic: [[Double]]], inputValues: [PerturbationStatistic: [[Double]]]? = nil
  ) {
    self.inputValues = inputValues
    self.rounding = rounding
    self.calibration = calibration
    self.weightBits = weightBits
    self.activationBits = activationBits
    self.values = values
  }

  /// What rounding inputs alone does, in the place of what rounding weights does; nil where it was not computed.
  public var ofInputs: PerturbationTable? {
    inputValues.map {
      PerturbationTable(
        rounding: rounding, calibration: calibration, weightBits: activationBits,
        activationBits: activationBits,
        values: $0)
    }
  }

  /// The value of a layer at some bits; nil where it was not computed.
  public func value(_ statistic: PerturbationStatistic, layer: Int, bits: Int) -> Double? {
    let known = statistic.isOfActivations ? activationBits : weightBits
    guard let rows = values[statistic], layer < rows.count, let position = known.firstIndex(of: bits),
      position < rows[layer].count, !rows[layer][position].isNaN
    else { return nil }
    return rows[layer][position]
  }
}
