import BitModel

/// Scores of a network's bit configurations, higher for those that are expected to be more accurate.
public protocol ConfigurationScoring: Sendable {
  /// The number of layers.
  var layerCount: Int { get }

  /// The score of a configuration; nil where a layer's bits have none.
  func score(_ configuration: BitConfiguration) -> Double?

  /// The scores of configurations.
  ///
  /// - Throws: ``ProxyError`` naming the first bits that have no score.
  func scores(_ configurations: [BitConfiguration]) throws -> [Double]
}

extension ConfigurationScoring {
  /// The scores of configurations; nil where one has none.
  public func optionalScores(_ configurations: [BitConfiguration]) throws -> [Double?] {
    // All at once is faster where none is missing.
    (try? scores(configurations)) ?? configurations.map { score($0) }
  }
}
