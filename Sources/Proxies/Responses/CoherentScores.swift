import BitModel
import LayerStatistics
import Torch

/// Scores −√(‖Σ_l m_l‖² + Σ_l v_l) with m_l the mean of a layer's response over images, a vector over outputs, and v_l the
/// sum over outputs of its variance: means of layers add or cancel, what is left adds as if independent.
public struct CoherentScores: ConfigurationScoring {
  private let superposition: Superposition
  private let start: [Double]
  private let means: [[[Double]]]
  private let variances: [[Double]]

  /// Makes scores of responses.
  public init(_ table: ResponseTable) throws {
    let superposition = try Superposition(table, interactionWeight: 0)
    let (images, width) = (max(1, superposition.shape[0]), superposition.shape[1])
    func moments(_ change: [Double]) -> (means: [Double], variance: Double) {
      let means = (0..<width).map { output in
        (0..<images).reduce(0) { $0 + change[$1 * width + output] } / Double(images)
      }
      let variance = change.enumerated().reduce(0.0) { sum, item in
        let distance = item.element - means[item.offset % width]
        return sum + distance * distance
      }
      return (means, variance / Double(images))
    }
    let reference = try table.reference.converted(to: .float64).contiguous().doubles()
    start = moments(zip(superposition.start, reference).map(-)).means
    let known = superposition.plan.alternatives.enumerated().map { layer, own in
      own.indices.map { position in
        var change = [Double](repeating: 0, count: superposition.size)
        superposition.addResponse(1, layer: layer, position, to: &change)
        return moments(change)
      }
    }
    self.superposition = superposition
    means = known.map { $0.map(\.means) }
    variances = known.map { $0.map(\.variance) }
  }

  /// The number of layers.
  public var layerCount: Int { superposition.layerCount }

  /// The score of a configuration; nil where a layer has bits that were not run.
  public func score(_ configuration: BitConfiguration) -> Double? {
    guard let positions = superposition.positions(configuration) else { return nil }
    var (mean, variance) = (start, 0.0)
    for (layer, position) in positions.enumerated() where position >= 0 {
      for output in mean.indices { mean[output] += means[layer][position][output] }
      variance += variances[layer][position]
    }
    return -(mean.reduce(variance) { $0 + $1 * $1 }).squareRoot()
  }

  /// The scores of configurations.
  ///
  /// - Throws: ``ProxyError`` naming the first bits that were not run.
  public func scores(_ configurations: [BitConfiguration]) throws -> [Double] {
    try configurations.map { configuration in
      guard let score = score(configuration) else { throw superposition.missing(configuration) }
      return score
    }
  }
}
