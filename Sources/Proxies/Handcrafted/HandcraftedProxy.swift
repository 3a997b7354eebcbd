import Torch
import Statistics

/// A proxy from the literature, as one coefficient a layer for the bit-weighted score.
public struct HandcraftedProxy: Sendable {
  /// The name that the command line takes.
  public let name: String
  /// The formula of a layer's coefficient.
  public let formula: String
  /// Computes the coefficients.
  public let coefficients: @Sendable (NetworkStatistics) throws -> [Double]

  /// All there are, in the order that tables show.
  public static let all: [HandcraftedProxy] = [
    bitSum, size, bitOperations, weightNorm, snip, plain, gradientNorm, synflow, hessianTrace,
  ]

  /// The proxy of a name; nil where there is none.
  public static func named(_ name: String) -> HandcraftedProxy? { all.first { $0.name == name } }
}

/// The tensors of a statistic, or an error that says it is missing.
func require(_ statistic: Statistic, of statistics: NetworkStatistics) throws -> [Tensor] {
  guard let tensors = statistics.tensors[statistic] else {
    throw ProxyError(
      "the statistic \(statistic.rawValue) was not computed; `emq statistics` computes all", kind: .data)
  }
  return tensors
}
