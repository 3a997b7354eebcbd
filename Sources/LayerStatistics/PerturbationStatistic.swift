/// A number for each quantizable layer and each number of bits that its weight, or its input, may have.
///
/// A statistic is one value, and has a line in ``allCases``; a pass computes it (`PerturbationPass`). The names are those
/// in files and formulas.
///
/// W is the weight with its batch norm folded in, ΔW = Q_b(W) − W the error of rounding it to b bits, x what enters the
/// layer in the float network, and N the number of images.
public struct PerturbationStatistic: RawRepresentable, CaseIterable, Codable, CodingKeyRepresentable, Sendable
{
  /// Those that files and formulas may name.
  public static let allCases: [PerturbationStatistic] = [
    .weightError, .relativeWeightError, .outputError, .relativeOutputError, .gradientProduct, .hessianProduct,
    .fisherProduct, .fisherTraceProduct, .lossIncrease, .divergence, .activationError,
  ]

  /// The name.
  public let rawValue: String
  /// The symbol in formulas of LaTeX, such as `E_W`.
  public let latexSymbol: String
  /// The stages that it takes.
  public let stages: [StatisticsStage]
  /// Whether the bits are those of the layer's input, not of its weight.
  public let isOfActivations: Bool
  /// Whether it takes gradients.
  public let isDerivative: Bool
  /// Whether it can be computed of a rounded input as of a rounded weight.
  public let isOfOutputs: Bool

  /// Makes a statistic.
  public init(
    _ name: String, latexSymbol: String, stages: [StatisticsStage], isOfActivations: Bool = false,
    isDerivative: Bool = false, isOfOutputs: Bool = false
  ) {
    rawValue = name
    self.latexSymbol = latexSymbol
    self.stages = stages
    self.isOfActivations = isOfActivations
    self.isDerivative = isDerivative
    self.isOfOutputs = isOfOutputs
  }

  /// The statistic of a name; nil where ``allCases`` has none of it.
  public init?(rawValue: String) {
    guard let known = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = known
  }
}

extension PerturbationStatistic: Hashable {
  /// Statistics of one name are the same.
  public static func == (left: PerturbationStatistic, right: PerturbationStatistic) -> Bool {
    left.rawValue == right.rawValue
  }

  /// Adds the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension PerturbationStatistic {
  /// ‖ΔW‖².
  public static let weightError = PerturbationStatistic(
    "weight_error", latexSymbol: "E_W", stages: [.rounding])
  /// ‖ΔW‖² / ‖W‖².
  public static let relativeWeightError = PerturbationStatistic(
    "relative_weight_error", latexSymbol: "\\tilde{E}_W", stages: [.rounding])
  /// The mean over images of ‖ΔW x‖², the error of the layer's output.
  public static let outputError = PerturbationStatistic(
    "output_error", latexSymbol: "E_A", stages: [.rounding, .perturbations], isOfOutputs: true)
  /// The same divided by the mean of ‖W x‖².
  public static let relativeOutputError = PerturbationStatistic(
    "relative_output_error", latexSymbol: "\\tilde{E}_A", stages: [.rounding, .perturbations],
    isOfOutputs: true)
  /// ⟨∂L/∂W, ΔW⟩, the loss's change to first order.
  public static let gradientProduct = PerturbationStatistic(
    "gradient_product", latexSymbol: "\\langle G, \\Delta W \\rangle", stages: [.rounding, .perturbations],
    isDerivative: true)
  /// ⟨ΔW, H ΔW⟩ with H the layer's own block of the Hessian; half of it is the loss's change to second order.
  public static let hessianProduct = PerturbationStatistic(
    "hessian_product", latexSymbol: "\\langle \\Delta W, H \\Delta W \\rangle",
    stages: [.rounding, .perturbations], isDerivative: true)
  /// Σ F ⊙ ΔW² with F the diagonal of the empirical Fisher information.
  public static let fisherProduct = PerturbationStatistic(
    "fisher_product", latexSymbol: "\\langle F, \\Delta W^2 \\rangle", stages: [.rounding, .perturbations],
    isDerivative: true)
  /// The trace of the empirical Fisher information times the mean of ΔW².
  public static let fisherTraceProduct = PerturbationStatistic(
    "fisher_trace_product", latexSymbol: "\\operatorname{tr} F \\, \\overline{\\Delta W^2}",
    stages: [.rounding, .perturbations], isDerivative: true)
  /// L with this layer's weight rounded, minus L.
  public static let lossIncrease = PerturbationStatistic(
    "loss_increase", latexSymbol: "\\Delta L", stages: [.rounding, .oneLayer], isOfOutputs: true)
  /// The mean Kullback-Leibler divergence of the network with this layer's weight rounded from the float network.
  public static let divergence = PerturbationStatistic(
    "divergence", latexSymbol: "D", stages: [.rounding, .oneLayer], isOfOutputs: true)
  /// The mean over images of ‖Q_b(x) − x‖² where b are bits of the layer's input.
  public static let activationError = PerturbationStatistic(
    "activation_error", latexSymbol: "E_x", stages: [.perturbations], isOfActivations: true)

  /// Those that take gradients.
  public static let derivatives = Set(allCases.filter(\.isDerivative))

  /// Those that can be computed of a rounded input as of a rounded weight.
  public static let ofOutputs = Set(allCases.filter(\.isOfOutputs))
}
