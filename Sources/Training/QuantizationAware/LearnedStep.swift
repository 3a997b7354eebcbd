import Torch

/// Rounding to a grid whose step is learned.
///
/// The value is v̂ = (clamp(round(v / s) + z, low, high) − z) · s. Gradients go straight through to the values
/// inside the range and are 0 outside; that of the step is, for each element,
///
///     ∂v̂/∂s = round(v / s) − v / s inside, low − z below, high − z above
///
/// times g = 1 / √(N · high) with N elements that share the step.
///
/// Source: Esser et al., "Learned Step Size Quantization" (LSQ), ICLR 2020, equations 1 to 3 and section 2.2; with a
/// zero point, which stays as it is, as in Bhalgat et al., "LSQ+", CVPR Workshops 2020.
package enum LearnedStep {
  /// The factor of a step's gradient, 1 / √(N · high).
  package static func gradientFactor(count: Int, highest: Double) -> Double {
    1 / (Double(max(1, count)) * max(1, highest)).squareRoot()
  }

  /// Rounds a weight with a step for each channel.
  ///
  /// - Parameters:
  ///   - steps: one a channel, above 0.
  ///   - zeros: one a channel, integers as float32.
  ///   - axis: the dimension of channels.
  ///   - factor: what gradients of the steps are multiplied with.
  package static func rounded(
    _ weight: Tensor, steps: Tensor, zeros: Tensor, axis: Int, lowest: Double, highest: Double, factor: Double
  ) throws -> Tensor {
    try Tensor.single(
      "aten::_fake_quantize_learnable_per_channel_affine",
      [
        .tensor(weight), .tensor(steps), .tensor(zeros), .int(axis), .int(Int(lowest)), .int(Int(highest)),
        .double(factor),
      ])
  }

  /// Rounds a tensor with one step.
  ///
  /// Training takes x · (1/s) + z where QuantizeLinear in ONNX takes x / s: a few in a million values near the middle of
  /// two levels go the other way. What is exported is simulated by `ActivationQuantizer`, which divides.
  ///
  /// - Parameters:
  ///   - step: of shape [1], above 0.
  ///   - zero: of shape [1], an integer as float32.
  ///   - factor: what gradients of the step are multiplied with.
  package static func rounded(_ tensor: Tensor, step: Tensor, zero: Tensor, highest: Int, factor: Double)
    throws
    -> Tensor
  {
    try Tensor.single(
      "aten::_fake_quantize_learnable_per_tensor_affine",
      [.tensor(tensor), .tensor(step), .tensor(zero), .int(0), .int(highest), .double(factor)])
  }
}
