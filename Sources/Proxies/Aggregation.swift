import Foundation

/// How a formula's values s_l of layers become one score of a bit configuration, higher for better.
///
/// Accuracies are not sums over layers; the last two are not either.
public enum Aggregation: String, CaseIterable, Codable, Sendable {
  /// S = Σ_l s_l · b_l with the bits of the layers' weights (EMQ, and what published comparisons do).
  case bitWeighted = "bit_weighted"
  /// S = −Σ_l s_l.
  case sum = "layer_sum"
  /// S = −Π_l (1 + |s_l|), of which the logarithm is taken: divergences that multiply.
  case product = "layer_product"
  /// S = −Σ_l ln |s_l|: shares count, not sizes.
  case logSum = "layer_log_sum"
  /// S = −max_l s_l: the worst layer decides.
  case maximum = "layer_max"
  /// S = −e_L with e_l = |s_l| + e_{l−1} / (1 + e_{l−1}): noise is carried from layer to layer in graph order and
  /// saturates on its way, so that what comes late counts in full.
  case carried = "layer_carry"

  /// Whether S is a sum of one number a layer, which exact allocation needs.
  public var isAdditive: Bool { self != .maximum && self != .carried }

  /// A layer's part of S: a summand where ``isAdditive``, else what ``total(_:)`` takes.
  package func part(_ value: Double, bits: Double) -> Double {
    switch self {
    case .bitWeighted: value * bits
    case .sum: -value
    case .product: -log1p(abs(value))
    case .logSum: -log(abs(value))
    case .maximum: value
    case .carried: abs(value)
    }
  }

  /// S of the parts of all layers, in graph order.
  package func total(_ parts: some Sequence<Double>) -> Double {
    switch self {
    case .bitWeighted, .sum, .product, .logSum: parts.reduce(0, +)
    case .maximum: -(parts.max() ?? .nan)
    case .carried: -parts.reduce(0) { $1 + $0 / (1 + $0) }
    }
  }
}
