import Torch

/// The grid that a layer's input is rounded to: unsigned, one scale and zero point for the whole tensor.
public struct ActivationQuantizer: Sendable, Equatable {
  /// Bits of an element.
  public let bits: Int
  /// The step between levels.
  public let scale: Double
  /// The level that stands for 0.
  public let zero: Int

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

  /// Rounds to the grid: (clamp(round(x / scale) + zero, 0, 2ᵇ−1) − zero) · scale.
  ///
  /// Without gradients; the zero point is taken to the bounds of the clamp.
  public func apply(_ tensor: Tensor) throws -> Tensor {
    let levels = try tensor.scaled(by: 1 / scale)
    // These work in place on a tensor that nobody else has yet, which saves half of the memory traffic.
    _ = try Tensor.call("aten::round_", [.tensor(levels)])
    _ = try Tensor.call(
      "aten::clamp_", [.tensor(levels), .double(Double(-zero)), .double(Double((1 << bits) - 1 - zero))])
    return try Tensor.single("aten::mul_", overload: "Scalar", [.tensor(levels), .double(scale)])
  }
}

/// The range that a layer's input covered on the calibration images.
public struct ActivationRange: Sendable, Equatable {
  /// The least value.
  public var lowest: Double
  /// The greatest value.
  public var highest: Double
}
