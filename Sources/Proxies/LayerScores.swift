import Statistics
import Support
import Torch

/// Why a proxy gives no usable score.
public enum InvalidScore: String, Error, Sendable, CaseIterable {
  /// A layer's score is infinite or not a number.
  case notFinite = "not_finite"
  /// All layers have the same score but for rounding, such as 0, so configurations of one size cannot be told
  /// apart. A normalized tensor's mean is such a score: what it holds is rounding errors, and they rank at random.
  case constant
  /// The formula takes a statistic that was not computed.
  case missingStatistic = "missing_statistic"
  /// An operation refused its operands.
  case shape
}

/// Computes layer scores of proxies on one network, remembering chains of unary operations.
public struct ProxyEvaluator: Sendable {
  /// The statistics that formulas are evaluated on.
  public let statistics: NetworkStatistics
  private let cache: ChainCache

  /// Makes an evaluator that remembers at most so many bytes of chains.
  public init(_ statistics: NetworkStatistics, memoryLimit: Int = 256 << 20) {
    self.statistics = statistics
    cache = ChainCache(limit: memoryLimit)
  }

  /// The score s_l of each layer: the mean of the formula's value there, taken in double precision.
  ///
  /// Computed on the calling thread alone, so that the last digits do not depend on the number of threads.
  /// - Returns: one a layer, in graph order; or why there is none.
  public func layerScores(_ proxy: Proxy) -> Result<[Double], InvalidScore> {
    do {
      let (scores, magnitudes) = try onSingleThread {
        try withoutGradients {
          let tensors = try values(proxy.expression).map { try $0.converted(to: .float64) }
          return try (tensors.map { try $0.mean().item() }, tensors.map { try $0.absolute().mean().item() })
        }
      }
      guard scores.allSatisfy(\.isFinite) else { return .failure(.notFinite) }
      let tolerance = Self.roundingShare * (magnitudes.max() ?? 0)
      guard let first = scores.first, scores.contains(where: { abs($0 - first) > tolerance }) else {
        return .failure(.constant)
      }
      return .success(scores)
    } catch let error as InvalidScore {
      return .failure(error)
    } catch {
      return .failure(.shape)
    }
  }

  /// Differences between means below this share of the elements' mean magnitude are rounding in single precision.
  private static let roundingShare = 1e-6

  private func values(_ expression: Expression) throws -> [Tensor] {
    switch expression {
    case .statistic(let statistic):
      guard let tensors = statistics.tensors[statistic] else { throw InvalidScore.missingStatistic }
      return tensors
    case .unary(let operation, let part):
      if let known = cache[expression] { return known }
      let result = try values(part).map { try operation.apply($0) }
      cache.insert(result, for: expression)
      return result
    case .binary(let operation, let left, let right):
      return try zip(values(left), values(right)).map { try operation.apply($0, $1) }
    }
  }
}

/// Scores of bit configurations: S(configuration) = Σ_l s_l · b_l over the layers' weight bits, higher for
/// configurations that are expected to be more accurate.
///
/// - Complexity: one multiplication a layer and configuration.
public func bitWeightedScores(layerScores: [Double], weightBits: [[Int]]) -> [Double] {
  weightBits.map { bits in zip(layerScores, bits).reduce(0) { $0 + $1.0 * Double($1.1) } }
}
