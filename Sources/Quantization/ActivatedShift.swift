import Foundations
import Network
import Torch

/// Finds the change of a rounded layer's bias with the least squared error behind the layer's activation function.
///
/// With y what leaves the layer in the float network, ŷ under rounding and f the activation function, each channel's
/// shift s minimizes E[(f(ŷ + s) − f(y))²] over calibration images and positions. The shift that makes the means of y
/// and ŷ equal does not: most of a sparse channel's values lie far below zero, where a ReLU cuts them off, and their
/// rounding errors, which nobody sees, decide its mean. A network loses its few positive values to such shifts, and
/// more of them from layer to layer.
///
/// The minimum is looked for by Gauss-Newton steps, s ← s + E[f′ · (f(y) − f(ŷ + s))] / E[f′²], from 0 or the
/// difference of means, whichever has the lesser error. What is found is never worse than either.
package struct ActivatedShift {
  let network: Network
  let layer: Int
  /// The steps of f (`Network.activationTail(ofLayer:)`).
  let tail: [Int]
  /// Passes that stand right behind the layer, batch by batch.
  let float: [ForwardState]
  let rounded: [ForwardState]
  let threads: Int

  private static let stepCount = 3

  package init(
    network: Network, layer: Int, tail: [Int], float: [ForwardState], rounded: [ForwardState], threads: Int
  ) {
    self.network = network
    self.layer = layer
    self.tail = tail
    self.float = float
    self.rounded = rounded
    self.threads = threads
  }

  /// The shift of each channel, float32.
  ///
  /// - Parameter meanShift: E[y] − E[ŷ].
  /// - Complexity: five evaluations of f and its derivative over the layer's outputs.
  package func best(meanShift: Tensor) throws -> Tensor {
    let targets = try parallelTensorMap(count: float.count, threads: threads) { index in
      try withoutGradients {
        let output = try network.output(ofLayer: layer, in: float[index])
        return try network.activated(output, ofLayer: layer, tail: tail, in: float[index])
      }
    }
    var best = try measured(at: meanShift.scaled(by: 0).doubles(), targets: targets)
    try best.improve(with: measured(at: meanShift.doubles(), targets: targets))
    var present = best
    for _ in 0..<Self.stepCount {
      present = try measured(at: present.next, targets: targets)
      best.improve(with: present)
    }
    return try Tensor(best.shifts.map { Float($0) }, shape: [best.shifts.count])
  }

  /// Errors and their derivatives at some shifts, channel by channel.
  private struct Measurement {
    var shifts: [Double]
    /// Σ (f(ŷ + s) − f(y))².
    var errors: [Double]
    /// Σ f′ · (f(y) − f(ŷ + s)).
    var slopes: [Double]
    /// Σ f′².
    var curvatures: [Double]

    /// Shifts after a Gauss-Newton step; channels whose derivative is 0 everywhere stay.
    var next: [Double] {
      shifts.indices.map { channel in
        let step = slopes[channel] / curvatures[channel]
        return step.isFinite ? shifts[channel] + step : shifts[channel]
      }
    }

    /// Takes over channels with lesser errors.
    mutating func improve(with other: Measurement) {
      for channel in shifts.indices where other.errors[channel] < errors[channel] {
        shifts[channel] = other.shifts[channel]
        errors[channel] = other.errors[channel]
        slopes[channel] = other.slopes[channel]
        curvatures[channel] = other.curvatures[channel]
      }
    }
  }

  private func measured(at shifts: [Double], targets: [Tensor]) throws -> Measurement {
    let described = network.layers[layer]
    let shift = try Tensor(shifts.map { Float($0) }, shape: [shifts.count])
    let parts = try parallelTensorMap(count: rounded.count, threads: threads) { index in
      let leaf = try withoutGradients {
        let output = try network.output(ofLayer: layer, in: rounded[index])
        return try output.adding(shift.asChannels(of: described, rank: output.rank))
      }.trackingGradients()
      let activated = try network.activated(leaf, ofLayer: layer, tail: tail, in: rounded[index])
      let derivative = try gradients(of: [activated.sum()], withRespectTo: [leaf])[0] ?? leaf.scaled(by: 0)
      return try withoutGradients {
        let error = try targets[index].subtracting(activated.detached())
        return try [error.squared(), error.multiplied(by: derivative), derivative.squared()].map {
          try $0.channelSums(of: described).doubles()
        }
      }
    }
    func total(_ position: Int) -> [Double] {
      shifts.indices.map { channel in parts.reduce(0) { $0 + $1[position][channel] } }
    }
    return Measurement(shifts: shifts, errors: total(0), slopes: total(1), curvatures: total(2))
  }
}
