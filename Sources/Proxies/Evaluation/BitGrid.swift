import BitModel

/// The bits that each layer may have, in an order that numbers for each layer and choice of bits follow.
public struct BitGrid: Sendable, Equatable {
  /// By layer.
  public let choices: [[BitChoice]]
  /// Where each layer's choices begin among those of all.
  public let offsets: [Int]

  /// Makes a grid.
  public init(choices: [[BitChoice]]) {
    self.choices = choices
    var offsets = [0]
    for list in choices { offsets.append((offsets.last ?? 0) + list.count) }
    self.offsets = offsets
  }

  /// The grid of all bits that occur in configurations of `layerCount` layers.
  public init(layerCount: Int, configurations: [BitConfiguration]) {
    self.init(
      choices: (0..<layerCount).map { layer in
        Set(configurations.map { $0[layer] }).sorted()
      })
  }

  /// Choices of all layers.
  public var count: Int { offsets.last ?? 0 }

  /// The position of each layer's choice among all; nil where one is not in the grid.
  public func positions(_ configuration: BitConfiguration) -> [Int]? {
    guard configuration.count == choices.count else { return nil }
    var result: [Int] = []
    for (layer, list) in choices.enumerated() {
      guard let position = list.firstIndex(of: configuration[layer]) else { return nil }
      result.append(offsets[layer] + position)
    }
    return result
  }
}
