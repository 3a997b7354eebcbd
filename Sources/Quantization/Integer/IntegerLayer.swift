import Foundation
import Torch

/// A layer's weight and bias as integer kernels take them: q − z in 8 bits, and multiples of both scales in 32.
///
/// With s the scale of the input, s′ that of a channel's weight and k ``multiplier``, kernels sum k · (q − z) times the
/// input's levels, add the bias's integers, which stand for multiples of s · s′ / k, and scale the sum. A k above 1 makes
/// these multiples fine where weights have few bits, at no cost: products still fit the 16 bits that processors without
/// 8-bit dot products add pairs of them in.
package struct IntegerLayer: Sendable {
  /// The weight, with scales as they are stored.
  package let weight: QuantizedWeight
  /// Whether ``weight`` differs from the weight that was given.
  package let changesWeight: Bool
  /// k, a power of two.
  package let multiplier: Int
  /// The power of two that scales stored in half precision are multiples of; nil where single precision holds them.
  package let scaleExponent: Int?
  /// The bias's integers; nil where there is none.
  package let bias: [Int]?
  /// The bias as 16 bits store it, from which ``bias`` is computed; nil where its integers themselves are stored.
  package let compactBias: CompactBias?

  /// The sum of k · |q − z| of two weights, times 255, that 16 bits hold.
  private static let greatestMagnitude = 64
  /// Layers of so many channels store scales and biases in 16 bits; of less the nodes that widen them take more than that
  /// saves.
  private static let compactChannels = 64
  /// What is left of 31 bits for a bias, so that the sum of products has room.
  private static let greatestBias = Double(1 << 30)
  /// The greatest k for weights of some bits.
  static func multiplier(bits: Int, isSymmetric: Bool) -> Int {
    let greatest = isSymmetric ? 1 << (bits - 1) : 1 << bits - 1
    var result = 1
    while 2 * result * greatest <= greatestMagnitude { result *= 2 }
    return result
  }

  /// Makes the integers of a layer.
  ///
  /// - Parameters:
  ///   - bias: what is added to each channel, [channels]; nil for nothing.
  ///   - input: the grid of what enters.
  ///   - output: the grid of what leaves, where it is rounded.
  /// - Returns: nil where q − z does not fit 8 bits, as it may not for 8 asymmetric bits.
  init?(_ given: QuantizedWeight, bias: Tensor?, input: ActivationQuantizer, output: ActivationQuantizer?)
    throws
  {
    let k = Self.multiplier(bits: given.bits, isSymmetric: given.grid.isSymmetric)
    let known = try given.grid.scales.floats()
    let biases = try bias?.floats().map(Double.init)
    let isTensor = given.grid.scheme.granularity == .tensor

    // A channel of hardly any weight, but a bias, gets a scale that the bias's integers fit.
    var least = [Double](repeating: 0, count: known.count)
    if let biases {
      least = biases.map { abs($0) * Double(k) / (input.scale * Self.greatestBias) }
      if isTensor { least = least.map { _ in least.max() ?? 0 } }
    }
    var scales = zip(known, least).map { max($0, Float($1)) }
    let raised = zip(scales, known).map { $0 / $1 }
    var exponent: Int?
    if !isTensor, scales.count >= Self.compactChannels, let greatest = scales.max(), greatest > 0 {
      // The greatest scale becomes one of the greatest numbers of half precision.
      let power = 14 - Int(log2(Double(greatest)).rounded(.down))
      let unit = Float(sign: .plus, exponent: -power, significand: 1)
      scales = scales.map { max(Float(Float16($0 / unit)), Float(Float16.leastNonzeroMagnitude)) * unit }
      exponent = -power
    }
    var levels = given.levels
    if raised.contains(where: { $0 > 1 }) {
      let shape = levels.shape.indices.map { $0 == given.grid.axis ? known.count : 1 }
      let zeros = try given.grid.zeros.reshaped(shape)
      levels = try levels.subtracting(zeros).divided(by: Tensor(raised, shape: shape)).rounded().adding(zeros)
    }
    changesWeight = scales != known
    weight = QuantizedWeight(
      grid: WeightGrid(
        bits: given.bits, scheme: given.grid.scheme, scales: try Tensor(scales, shape: [scales.count]),
        zeros: given.grid.zeros, axis: given.grid.axis), levels: levels)
    guard try weight.centered() != nil else { return nil }
    multiplier = k
    scaleExponent = exponent

    let steps = scales.map { input.scale * Double($0) / Double(k) }
    if let biases, let output, scales.count >= Self.compactChannels,
      let compact = CompactBias(biases, outputStep: output.scale)
    {
      compactBias = compact
      self.bias = compact.integers(
        steps: scales.map { $0 / Float(k) * Float(input.scale) })
    } else {
      compactBias = nil
      self.bias = biases.map { biases in
        zip(biases, steps).map { Int(($0 / $1).rounded(.toNearestOrEven)) }
      }
    }
    self.steps = steps
  }

  /// What the integers of each channel's bias are multiples of.
  private let steps: [Double]

  /// What the bias's integers stand for, float32, [channels]; nil where there is none.
  func dequantizedBias() throws -> Tensor? {
    try bias.map { bias in
      try Tensor(zip(bias, steps).map { Float(Double($0) * $1) }, shape: [bias.count])
    }
  }
}
