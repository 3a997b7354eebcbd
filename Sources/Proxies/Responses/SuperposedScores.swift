import BitModel
import Torch

/// Scores of configurations by their predicted outputs.
public struct SuperposedScores: ConfigurationScoring {
  /// What predicts outputs.
  public let superposition: Superposition
  /// [outputs, images].
  private let reference: Tensor
  /// What layers do one by one, by layer and alternative, and its weight; nil where that counts as nothing.
  private var singles: (base: Double, changes: [[Double]], weight: Double)?
  private let reduce: @Sendable (_ predicted: Tensor, _ reference: Tensor) throws -> Tensor

  /// Makes scores.
  ///
  /// - Parameters:
  ///   - superposition: what predicts outputs.
  ///   - reference: the float network's outputs [images, outputs].
  ///   - reduce: what makes one number of predicted outputs, [configurations] for [configurations, outputs, images].
  public init(
    _ superposition: Superposition, reference: Tensor,
    reduce: @escaping @Sendable (_ predicted: Tensor, _ reference: Tensor) throws -> Tensor
  ) throws {
    self.superposition = superposition
    self.reference = try reference.converted(to: .float64).swappingOutputsAndImages()
    self.reduce = reduce
  }

  /// The number of layers.
  public var layerCount: Int { superposition.layerCount }

  /// Configurations that are reduced together, which bounds the memory that their outputs take.
  private static let blockElements = 4_000_000

  /// The same scores, mixed with a weight of the sum of what single changes do to them.
  func shrunk(by weight: Double) throws -> SuperposedScores {
    var background = [Int](repeating: -1, count: layerCount)
    let base = try scores(outputs: [superposition.outputs(background)])[0]
    var changes: [[Double]] = []
    for (layer, alternatives) in superposition.plan.alternatives.enumerated() {
      let outputs = alternatives.indices.map { position in
        background[layer] = position
        return superposition.outputs(background)
      }
      background[layer] = -1
      changes.append(try scores(outputs: outputs).map { $0 - base })
    }
    var result = self
    result.singles = (base, changes, weight)
    return result
  }

  /// The scores of configurations, by the position of each layer's bits and their predicted outputs [images, outputs].
  public func scores(_ positions: [[Int]], outputs: [[Double]]) throws -> [Double] {
    let together = try scores(outputs: outputs)
    guard let singles else { return together }
    return zip(positions, together).map { positions, score in
      let alone = positions.enumerated().reduce(singles.base) { sum, item in
        item.element < 0 ? sum : sum + singles.changes[item.offset][item.element]
      }
      return (1 - singles.weight) * score + singles.weight * alone
    }
  }

  /// The scores of predicted outputs, each [images, outputs].
  private func scores(outputs: [[Double]]) throws -> [Double] {
    let block = max(1, Self.blockElements / max(1, superposition.size))
    return try onSingleThread {
      try withoutGradients {
        try stride(from: 0, to: outputs.count, by: block).flatMap { start in
          let part = outputs[start..<min(outputs.count, start + block)]
          let predicted = try Tensor(part.flatMap { $0 }, shape: [part.count] + superposition.shape)
          return try reduce(predicted.swappingOutputsAndImages(), reference).doubles()
        }
      }
    }
  }

  /// The score of a configuration; nil where a layer has bits that were not run.
  public func score(_ configuration: BitConfiguration) -> Double? {
    guard let positions = superposition.positions(configuration) else { return nil }
    return try? scores([positions], outputs: [superposition.outputs(positions)]).first
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
      let part = Array(positions[start..<min(positions.count, start + block)])
      return try scores(part, outputs: part.map { superposition.outputs($0) })
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
