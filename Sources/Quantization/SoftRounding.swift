import Foundation
import Torch

/// A weight whose elements' rounding up or down is being learned.
///
/// Each element's level is ⌊w / s⌋ + z + h(v) with h(v) = clamp(1.2 · σ(v) − 0.1, 0, 1), the rectified sigmoid of
/// a parameter v that begins where the level is w / s + z itself. The regularizer Σ 1 − |2h(v) − 1|^β drives h to 0
/// or 1 as β falls.
///
/// Source: Nagel et al., "Up or Down? Adaptive Rounding for Post-Training Quantization" (AdaRound), ICML 2020,
/// equations 22 to 24.
struct SoftRounding: Sendable {
  /// The grid.
  let grid: WeightGrid
  /// v, in the weight's shape; a leaf that gradients are taken of.
  let parameters: Tensor
  private let floors: Tensor
  private let scales: Tensor
  private let zeros: Tensor

  /// Begins at the weight itself.
  init(_ weight: Tensor, grid: WeightGrid) throws {
    self.grid = grid
    var shape = Array(repeating: 1, count: weight.rank)
    shape[grid.axis] = grid.scales.count
    let scales = try grid.scales.reshaped(shape)
    self.scales = scales
    zeros = try grid.zeros.reshaped(shape)
    let (scaled, floors) = try withoutGradients {
      let scaled = try weight.divided(by: scales)
      return (scaled, try scaled.applying("floor"))
    }
    self.floors = floors
    parameters = try withoutGradients {
      // The inverse of h, away from its flat ends.
      let share = try scaled.subtracting(floors).clamped(0.001, 0.999)
      let probability = try share.adding(Tensor.scalar(0.1)).scaled(by: 1 / 1.2)
      return try Tensor.single("aten::logit", [.tensor(probability), .none])
    }.trackingGradients()
  }

  /// h(v).
  func share() throws -> Tensor {
    try parameters.applying("sigmoid").scaled(by: 1.2).subtracting(Tensor.scalar(0.1)).clamped(0, 1)
  }

  /// The weight for shares h.
  func weight(share: Tensor) throws -> Tensor {
    try floors.adding(share).adding(zeros).clamped(grid.lowest, grid.highest).subtracting(zeros)
      .multiplied(by: scales)
  }

  /// Σ 1 − |2h − 1|^β.
  func regularizer(share: Tensor, beta: Double) throws -> Tensor {
    let distance = try share.scaled(by: 2).subtracting(Tensor.scalar(1)).absolute()
    let powers = try Tensor.single(
      "aten::pow", overload: "Tensor_Scalar", [.tensor(distance), .double(beta)])
    return try Tensor.scalar(Double(share.count)).subtracting(powers.sum())
  }

  /// The levels that the parameters have come to.
  func levels() throws -> Tensor {
    try withoutGradients {
      let isUp = try Tensor.single(
        "aten::ge", overload: "Scalar", [.tensor(share()), .double(0.5)]
      ).converted(to: .float32)
      return try floors.adding(isUp).adding(zeros).clamped(grid.lowest, grid.highest)
    }
  }

  /// How learning goes: iterations without the regularizer, then β from 20 to 2.
  struct Schedule: Sendable {
    /// Steps in all.
    let iterations: Int
    /// The weight of the regularizer beside the mean squared error.
    static let regularization = 0.01
    /// The step size of Adam.
    static let learningRate = 0.01

    /// β of a step; nil while the regularizer is left out, the first fifth.
    func beta(_ iteration: Int) -> Double? {
      let start = iterations / 5
      guard iteration >= start else { return nil }
      let share = Double(iteration - start) / Double(max(1, iterations - start))
      return 2 + 18 * max(0, 1 - share)
    }
  }
}
