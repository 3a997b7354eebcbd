import Statistics
import Support
import Torch

/// Why a proxy gives no usable score.
public enum InvalidScore: String, Error, Sendable, CaseIterable {
  /// A layer's score is infinite or not a number.
  case notFinite = "not_finite"
  /// All layers have the same score, such as 0, so configurations of one size cannot be told apart.
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

  /// The score s_l of each layer: the mean of the formula's value there.
  ///
  /// - Returns: one a layer, in graph order; or why there is none.
  public func layerScores(_ proxy: Proxy) -> Result<[Double], InvalidScore> {
    do {
      let scores = try withoutGradients { try values(proxy.expression).map { try $0.mean().item() } }
      guard scores.allSatisfy(\.isFinite) else { return .failure(.notFinite) }
      guard let first = scores.first, scores.contains(where: { $0 != first }) else {
        return .failure(.constant)
      }
      return .success(scores)
    } catch let error as InvalidScore {
      return .failure(error)
    } catch {
      return .failure(.shape)
    }
  }

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
