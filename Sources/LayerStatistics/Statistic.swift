import Foundation
import Foundations

/// A tensor of each quantizable layer that proxies are formulas over.
///
/// A statistic is one value, and has a line in ``allCases``; a pass computes it (`StatisticsPass`). The names are those in
/// files and formulas.
///
/// W is the weight, x what enters the layer, A what leaves it, Lᵢ the cross-entropy of image i with its label and L the
/// mean of all Lᵢ. Batch norms are kept apart and use their running statistics.
public struct Statistic: RawRepresentable, CaseIterable, Codable, Sendable {
  /// Those that files and formulas may name, in the order in which files hold them.
  public static let allCases: [Statistic] = [
    .weight, .gradient, .activation, .hessian, .synflow, .activationGradient, .fisher, .gaussNewton,
    .hessianGradient, .hessianTrace, .hessianTraceError, .topEigenvalue, .activationFisher, .gram,
  ]

  /// The name.
  public let rawValue: String
  /// The symbol in formulas of LaTeX, such as `W`.
  public let latexSymbol: String
  /// The stage that computes it.
  public let stage: StatisticsStage

  /// Makes a statistic.
  public init(_ name: String, latexSymbol: String, stage: StatisticsStage) {
    rawValue = name
    self.latexSymbol = latexSymbol
    self.stage = stage
  }

  /// The statistic of a name; nil where ``allCases`` has none of it.
  public init?(rawValue: String) {
    guard let known = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = known
  }
}

extension Statistic {
  /// The statistics named in a list, joined by commas.
  ///
  /// - Throws: ``StatisticsError`` naming what is none, with names that are near.
  public static func list(_ text: String) throws -> [Statistic] {
    try text.split(separator: ",").map { part in
      let name = part.trimmingCharacters(in: .whitespaces)
      if let statistic = Statistic(rawValue: name) { return statistic }
      throw StatisticsError(
        "there is no statistic '\(name)'; \(nearestNames(to: name, among: allCases.map(\.rawValue)))")
    }
  }
}

extension Statistic: Hashable {
  /// Statistics of one name are the same.
  public static func == (left: Statistic, right: Statistic) -> Bool { left.rawValue == right.rawValue }

  /// Adds the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension Statistic {
  /// W: the weight as it is stored.
  public static let weight = Statistic(
    "weight", latexSymbol: "W", stage: .weights)
  /// G = ∂L/∂W.
  public static let gradient = Statistic(
    "gradient", latexSymbol: "G", stage: .firstOrder)
  /// A: the layer's output [channels, height, width], averaged over the images; [N, …] where the batch is kept.
  public static let activation = Statistic(
    "activation", latexSymbol: "A", stage: .firstOrder)
  /// The diagonal of ∂²L/∂W², of W's shape, by Hutchinson's estimator.
  public static let hessian = Statistic(
    "hessian", latexSymbol: "H", stage: .hutchinson)
  /// V = ∂R/∂|W|, where R sums the outputs of the network with absolute weights, no biases and no batch
  /// norms on an input of ones (SynFlow, Tanaka et al., arXiv 2006.05467).
  public static let synflow = Statistic(
    "synflow", latexSymbol: "V", stage: .synflow)
  /// ∂Lᵢ/∂Aᵢ, averaged over the images; [N, …] where the batch is kept.
  public static let activationGradient = Statistic(
    "activation_gradient", latexSymbol: "G_A", stage: .firstOrder)
  /// The diagonal of the empirical Fisher information, the mean of (∂Lᵢ/∂W)² over the images, of W's shape.
  public static let fisher = Statistic(
    "fisher", latexSymbol: "F", stage: .factors)
  /// The diagonal of the Gauss-Newton matrix, the mean of JᵢᵀSᵢJᵢ with Jᵢ the logits' derivative and
  /// Sᵢ = diag pᵢ − pᵢpᵢᵀ, of W's shape. It is the Fisher information of the network's own predictions (Martens, "New
  /// Insights and Perspectives on the Natural Gradient Method", JMLR 2020, section 9.2).
  public static let gaussNewton = Statistic(
    "gauss_newton", latexSymbol: "N", stage: .factors)
  /// HG, the product of the Hessian over all layers with the gradient of all layers, of W's shape.
  public static let hessianGradient = Statistic(
    "hessian_gradient", latexSymbol: "(HG)", stage: .hutchinson)
  /// The trace of the layer's own block of the Hessian, a number, by Hutchinson's estimator.
  public static let hessianTrace = Statistic(
    "hessian_trace", latexSymbol: "\\operatorname{tr} H", stage: .hutchinson)
  /// The standard error of ``hessianTrace``, a number.
  public static let hessianTraceError = Statistic(
    "hessian_trace_error", latexSymbol: "\\sigma_{\\operatorname{tr} H}", stage: .hutchinson)
  /// The eigenvalue of greatest magnitude of the layer's own block of the Hessian, a number, by Lanczos iteration.
  public static let topEigenvalue = Statistic(
    "top_eigenvalue", latexSymbol: "\\lambda", stage: .eigenvalues)
  /// ½ of the mean over images of Σ_c (Σ A ⊙ ∂Lᵢ/∂A)² with the inner sum over positions, a number (Turner et al.,
  /// "BlockSwap", arXiv 1906.04113, equation 3).
  public static let activationFisher = Statistic(
    "activation_fisher", latexSymbol: "\\Delta", stage: .firstOrder)
  /// FFᵀ with a row of F for each image's output, [N, N], float64.
  public static let gram = Statistic(
    "gram", latexSymbol: "K", stage: .firstOrder)

  /// The inputs that EMQ's paper names: A, G, W, H and V.
  public static let paperInputs: [Statistic] = [.weight, .gradient, .activation, .hessian, .synflow]
}
