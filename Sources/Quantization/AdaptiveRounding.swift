import Network
import Torch

extension Rounding {
  /// Up or down, learned for the least error of the layer's output (`AdaptiveRounding`).
  public static let adaround = Rounding(
    name: "adaround", leastImages: 16, isIterative: true,
    method: .layers(seesInputs: true) { layer, bits in
      guard let moments = layer.moments, let rounding = try layer.secondOrder() else { return [] }
      return try bits.map { bits in
        let grid = try layer.grid(bits: bits, by: rounding)
        let levels = try AdaptiveRounding.levels(
          of: layer.weight, grid: grid, moments: moments, iterations: layer.options.iterations)
        return QuantizedWeight(grid: grid, levels: levels)
      }
    })
}

/// Learns for each element of a layer's weight whether to round it up or down, for the least squared error of the
/// layer's output (AdaRound).
///
/// The error of the output over all positions of all calibration images, ‖(Ŵ − W) x‖² on average, is
/// tr((Ŵ − W) · E[x xᵀ] · (Ŵ − W)ᵀ), so each step sees all images at the cost of one matrix product. The
/// minimized function is that error plus 0.01 of ``SoftRounding``'s regularizer.
///
/// Source: Nagel et al., ICML 2020, equation 21 without the activation function.
package enum AdaptiveRounding {
  /// The levels of a weight on a grid.
  ///
  /// - Complexity: O(iterations · output channels · K²).
  package static func levels(
    of weight: Tensor, grid: WeightGrid, moments: LayerMoments, iterations: Int
  ) throws -> Tensor {
    let soft = try SoftRounding(weight, grid: grid)
    let groups = moments.second.shape[0]
    let second = try moments.second.converted(to: .float32)
    let adam = try Adam([soft.parameters])
    let schedule = SoftRounding.Schedule(iterations: iterations)
    for iteration in 0..<iterations {
      let share = try soft.share()
      let rounded = try soft.weight(share: share)
      // The gradient of the error is 2 (Ŵ − W) E[x xᵀ].
      let gradient = try withoutGradients {
        let error = try rounded.detached().subtracting(weight).rows(axis: grid.axis)
        let product = try Tensor.single(
          "aten::bmm", [.tensor(error.reshaped([groups, error.shape[0] / groups, -1])), .tensor(second)])
        return try product.reshaped(error.shape).fromRows(shape: weight.shape, axis: grid.axis)
          .scaled(by: 2)
      }
      var outputs = [rounded]
      var weights: [Tensor?] = [gradient]
      if let beta = schedule.beta(iteration) {
        outputs.append(try soft.regularizer(share: share, beta: beta))
        weights.append(try Tensor.scalar(SoftRounding.Schedule.regularization))
      }
      let slopes = try gradients(of: outputs, weights: weights, withRespectTo: [soft.parameters])
      try adam.step(slopes.compactMap { $0 }, learningRate: SoftRounding.Schedule.learningRate)
    }
    return try soft.levels()
  }
}
