import Torch

/// A weight as integers on a grid.
public struct QuantizedWeight: Sendable {
  /// What the integers stand for.
  public let grid: WeightGrid
  /// Integers in the weight's shape, held as float32.
  public let levels: Tensor

  /// Bits of an element.
  public var bits: Int { grid.bits }

  /// Makes a weight of levels on a grid.
  public init(grid: WeightGrid, levels: Tensor) {
    self.grid = grid
    self.levels = levels
  }

  /// Rounds a weight to the nearest levels of the grid with the least squared error.
  ///
  /// - Parameters:
  ///   - weight: float32.
  ///   - axis: the dimension of output channels.
  ///   - bits: 2 to 8.
  ///   - scheme: how levels lie.
  /// - Complexity: 80 passes over the weight.
  public init(nearest weight: Tensor, axis: Int, bits: Int, scheme: WeightScheme = WeightScheme()) throws {
    grid = try WeightGrid(weight, axis: axis, bits: bits, scheme: scheme)
    levels = try grid.nearestLevels(of: weight)
  }

  /// The weight that the integers stand for, float32.
  public func dequantized() throws -> Tensor { try grid.values(of: levels) }

  /// The weight with each channel's values times a factor.
  func scaled(by factors: Tensor) throws -> QuantizedWeight {
    QuantizedWeight(
      grid: WeightGrid(
        bits: bits, scheme: grid.scheme, scales: try grid.scales.multiplied(by: factors), zeros: grid.zeros,
        axis: grid.axis), levels: levels)
  }

  /// q − z as int8, for integer convolutions; nil where that does not fit, as it may not for 8 asymmetric bits.
  func centered() throws -> Tensor? {
    var shape = Array(repeating: 1, count: levels.rank)
    shape[grid.axis] = grid.zeros.count
    let centered = try levels.subtracting(grid.zeros.reshaped(shape))
    guard try centered.applying("min").item() >= -128, try centered.applying("max").item() <= 127 else {
      return nil
    }
    return try centered.converted(to: .int8)
  }
}
