import Quantization
import Torch

/// A layer's weight while it is trained under rounding.
///
/// What is learned is the weight in units of each channel's root mean square, so that one learning rate serves all
/// layers, and the grid's step as a multiple r of the one that it begins with.
///
/// The layer that is trained may have a batch norm behind it, kept apart, that multiplies each channel with a factor
/// f; the weight that was rounded has f in it. The trained weight, the rounded one over f, has the same integers,
/// those of channels with f below 0 mirrored in the grid, and the step s / |f|.
package struct LearnedWeight: Sendable {
  private let start: QuantizedWeight
  private let factors: Tensor?
  /// −1 where a channel is mirrored, else 1.
  private let signs: Tensor
  private let zeros: Tensor
  /// Steps in units of channels' root mean squares.
  private let steps: Tensor
  /// These units, as they are in the trained layer, in a shape to multiply its weight with.
  private let units: Tensor
  private let gradientFactor: Double
  /// The weight in its units, as it begins.
  package let initialValue: Tensor
  /// r as it begins: 1, one a channel, or one where the channels share a step.
  package let initialRatio: Tensor

  /// The least distance, in levels, that elements begin at from values that are rounded to other levels than theirs.
  private static let margin = 0.05

  /// Begins at the weight that was rounded, moved as little as makes each element be rounded to its level.
  ///
  /// - Parameters:
  ///   - start: the rounded weight.
  ///   - float: what was rounded.
  ///   - factors: f, one a channel; nil for 1.
  package init(_ start: QuantizedWeight, float: Tensor, factors: Tensor?) throws {
    let grid = start.grid
    let channels = grid.scales.count
    var shape = Array(repeating: 1, count: float.rank)
    shape[grid.axis] = channels
    self.start = start
    self.factors = factors
    let one = try Tensor.full(1, shape: [channels])
    signs = try factors?.signs() ?? one
    zeros = try Self.mirrored(grid.zeros, signs: signs, grid: grid)
    let levels = try Self.mirrored(start.levels, signs: signs.reshaped(shape), grid: grid)

    let spread = try float.squared().mean(over: shape.indices.filter { $0 != grid.axis }).applying("sqrt")
    let unit = try Tensor.single("aten::maximum", [.tensor(spread), .tensor(grid.scales.scaled(by: 0.1))])
    steps = try grid.scales.divided(by: unit)
    units = try unit.divided(by: factors?.absolute() ?? one).reshaped(shape)

    // Beyond the grid's ends every value has the last level.
    let centers = try levels.subtracting(zeros.reshaped(shape))
    func beyond(_ comparison: String, _ end: Double) throws -> Tensor {
      try Tensor.single("aten::\(comparison)", overload: "Scalar", [.tensor(levels), .double(end)])
        .converted(to: .float32).scaled(by: 1e6).adding(Tensor.scalar(0.5 - Self.margin))
    }
    let scaled = try float.divided(by: grid.scales.reshaped(shape)).multiplied(by: signs.reshaped(shape))
    let moved = try Tensor.single(
      "aten::clamp", overload: "Tensor",
      [
        .tensor(scaled), .tensor(centers.subtracting(beyond("le", grid.lowest))),
        .tensor(centers.adding(beyond("ge", grid.highest))),
      ])
    initialValue = try moved.multiplied(by: steps.reshaped(shape)).contiguous()
    initialRatio = grid.scheme.granularity == .tensor ? try Tensor.full(1, shape: [1]) : one
    gradientFactor = LearnedStep.gradientFactor(
      count: float.count / initialRatio.count, highest: grid.highest)
  }

  /// Levels or zero points with those of mirrored channels mirrored, low + high − q; its own inverse.
  private static func mirrored(_ levels: Tensor, signs: Tensor, grid: WeightGrid) throws -> Tensor {
    let middle = try Tensor.scalar((grid.lowest + grid.highest) / 2)
    return try levels.subtracting(middle).multiplied(by: signs).adding(middle)
  }

  private func rounded(_ value: Tensor, steps: Tensor) throws -> Tensor {
    try LearnedStep.rounded(
      value, steps: steps, zeros: zeros, axis: start.grid.axis, lowest: start.grid.lowest,
      highest: start.grid.highest, factor: gradientFactor)
  }

  /// The rounded weight of the trained layer.
  package func weight(_ value: Tensor, ratio: Tensor) throws -> Tensor {
    try rounded(value, steps: steps.multiplied(by: ratio)).multiplied(by: units).channelsLast()
  }

  /// What has been learned, with batch norms folded.
  ///
  /// - Parameter factors: f as it is now, of the sign that it began with.
  package func quantized(_ value: Tensor, ratio: Tensor, factors: Tensor?) throws -> QuantizedWeight {
    let grid = start.grid
    let shape = units.shape
    let steps = try steps.multiplied(by: ratio)
    let levels = try rounded(value, steps: steps).divided(by: steps.reshaped(shape)).rounded()
      .adding(zeros.reshaped(shape))
    var scales = try grid.scales.multiplied(by: ratio)
    if let factors, let before = self.factors {
      let change = try factors.absolute().divided(by: before.absolute())
      scales = try scales.multiplied(by: change).clamped(1e-12, .infinity)
    }
    return QuantizedWeight(
      grid: WeightGrid(
        bits: grid.bits, scheme: grid.scheme, scales: scales, zeros: grid.zeros, axis: grid.axis),
      levels: try Self.mirrored(levels, signs: signs.reshaped(shape), grid: grid))
  }
}
