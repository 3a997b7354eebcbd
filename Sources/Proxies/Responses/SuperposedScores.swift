import BitModel
import Torch

/// Scores of configurations by their predicted outputs.
public struct SuperposedScores: ConfigurationScoring {
  /// What predicts outputs.
  public let superposition: Superposition
  private let reference: Tensor
  private let reduce: @Sendable (_ predicted: Tensor, _ reference: Tensor) throws -> Tensor

  /// Makes scores.
  ///
  /// - Parameters:
  ///   - reference: the float network's outputs [images, outputs].
  ///   - reduce: what makes one number of predicted outputs, as in ``OutputReduction/scores``.
  public init(
    _ superposition: Superposition, reference: Tensor,
    reduce: @escaping @Sendable (_ predicted: Tensor, _ reference: Tensor) throws -> Tensor
  ) throws {
    self.superposition = superposition
    self.reference = try reference.converted(to: .float64)
    self.reduce = reduce
  }

  /// The number of layers.
  public var layerCount: Int { superposition.layerCount }

  /// Configurations that are reduced together, which bounds the memory that their outputs take.
  private static let blockElements = 4_000_000

  /// The scores of predicted outputs, each [images, outputs].
  public func scores(outputs: [[Double]]) throws -> [Double] {
    let block = max(1, Self.blockElements / max(1, superposition.size))
    return try onSingleThread {
      try withoutGradients {
        try stride(from: 0, to: outputs.count, by: block).flatMap { start in
          let part = outputs[start..<min(outputs.count, start + block)]
          let predicted = try Tensor(part.flatMap { $0 }, shape: [part.count] + superposition.shape)
          return try reduce(predicted, reference).doubles()
        }
      }
    }
  }

  /// The score of a configuration; nil where a layer has bits that were not run.
  public func score(_ configuration: BitConfiguration) -> Double? {
    guard let positions = superposition.positions(configuration) else { return nil }
    return try? scores(outputs: [superposition.outputs(positions)]).first
  }

  /// The scores of configurations.
  ///
  /// - Throws: ``ProxyError`` naming the first bits that were not run.
  /// - Complexity: for each configuration and pair of layers an addition of all images' outputs.
  public func scores(_ configurations: [BitConfiguration]) throws -> [Double] {
    let positions = try configurations.map { configuration in
      guard let positions = superposition.positions(configuration) else {
        throw superposition.missing(configuration)
      }
      return positions
    }
    let block = 64
    return try stride(from: 0, to: positions.count, by: block).flatMap { start in
      try scores(
        outputs: positions[start..<min(positions.count, start + block)].map { superposition.outputs($0) })
    }
  }
}

extension Superposition {
  /// What says which bits of a configuration were not run.
  func missing(_ configuration: BitConfiguration) -> ProxyError {
    guard configuration.count == layerCount else {
      return ProxyError(
        "\(configuration.count) choices of bits for the \(layerCount) layers of the responses", kind: .data)
    }
    let layer = configuration.indices.first {
      position(layer: $0, configuration[$0]) == nil
    }
    let bits = layer.map { configuration[$0] }
    return ProxyError(
      "there is no response of layer \((layer ?? 0) + 1) to \(bits?.weightBits ?? 0) bits of its weight and"
        + " \(bits?.activationBits ?? 0) of its input; responses to these bits are needed", kind: .data)
  }
}
