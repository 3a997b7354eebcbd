import Torch

/// The grid that a layer's input is rounded to: unsigned, one scale and zero point for the whole tensor.
public struct ActivationQuantizer: Sendable, Hashable {
  /// Bits of an element.
  public let bits: Int
  /// The step between levels.
  public let scale: Double
  /// The level that stands for 0.
  public let zero: Int

  /// The greatest level, 2ᵇ−1.
  public var highest: Int { 1 << bits - 1 }

  /// Makes the grid of 2ᵇ levels over a range, which is widened to hold 0.
  public init(lowest: Double, highest: Double, bits: Int) {
    let low = min(lowest, 0)
    let high = max(highest, 0)
    let steps = Double(1 << bits) - 1
    // The scale is stored in single precision, so it is rounded here already.
    let step = Float((high - low) / steps)
    self.bits = bits
    scale = step > 0 && step.isFinite ? Double(step) : 1
    zero = max(0, min(Int(steps), Int((-low / scale).rounded(.toNearestOrEven))))
  }

  /// Makes a grid of a known step.
  ///
  /// - Parameter scale: above 0.
  package init(bits: Int, scale: Float, zero: Int) {
    self.bits = bits
    self.scale = Double(scale)
    self.zero = zero
  }

  /// Rounds to the grid: (clamp(round(x / scale) + zero, 0, 2ᵇ−1) − zero) · scale.
  ///
  /// Without gradients. The quotient is a division in single precision, as QuantizeLinear in ONNX defines it: times the
  /// inverse, a few in a million values near the middle of two levels would go the other way. The zero point is taken
  /// to the bounds of the clamp.
  public func apply(_ tensor: Tensor) throws -> Tensor {
    try tensor.roundedToGrid(scale: scale, lowest: -zero, highest: highest - zero)
  }

  /// What sums of integers stand for when they are rounded and cut off at the ends of the grid.
  ///
  /// - Parameters:
  ///   - sums: [N, channels, H, W]; a tensor that nobody else has, as it is overwritten.
  ///   - bias: the integers that are added to each channel; nil for none.
  ///   - factors: what makes numbers of steps of each channel's sums.
  func values(ofSums sums: Tensor, bias: Tensor?, factors: Tensor) throws -> Tensor {
    try sums.requantizing(
      bias: bias, factors: factors, scale: scale, lowest: -zero, highest: highest - zero)
  }

  /// The level of each element, uint8.
  public func levels(of tensor: Tensor) throws -> Tensor {
    try tensor.levels(scale: scale, zero: zero, highest: highest)
  }

  /// The level of a number.
  func level(_ value: Double) -> Int {
    let level = (value / scale).rounded(.toNearestOrEven) + Double(zero)
    return Int(max(0, min(Double(highest), level)))
  }

  /// The number on the grid that a number is rounded to.
  func value(_ value: Double) -> Double { Double(level(value) - zero) * scale }
}
