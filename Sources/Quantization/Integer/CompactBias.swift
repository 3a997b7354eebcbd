import Foundation

/// A bias in 16 bits, as multiples of one power of two, from which files compute the integers that kernels add.
///
/// Those are multiples of a step of each channel's own; where a channel's weights are small its step is, and its integers
/// do not fit 16 bits, though so fine a step changes nothing in the layer's output.
package struct CompactBias: Sendable, Equatable {
  /// What is stored, one a channel.
  package let levels: [Int16]
  /// What the levels are multiples of, a power of two.
  package let unit: Float

  /// The unit, at most, in steps of the layer's output.
  private static let coarsestUnit = 1.0 / 16

  /// Takes the finest unit that every channel fits.
  ///
  /// - Parameters:
  ///   - biases: what is added to each channel.
  ///   - outputStep: the step of the grid that the layer's output is rounded to.
  /// - Returns: nil where that unit is too coarse for the output's step.
  package init?(_ biases: [Double], outputStep: Double) {
    let greatest = biases.map(\.magnitude).max() ?? 0
    let finest = max(greatest / Double(Int16.max), outputStep * 0x1p-16)
    let unit = exp2(log2(finest).rounded(.up))
    guard unit.isFinite, unit <= outputStep * Self.coarsestUnit, unit >= Double(Float.leastNormalMagnitude)
    else { return nil }
    self.unit = Float(unit)
    levels = biases.map { Int16(clamping: Int(($0 / unit).rounded(.toNearestOrEven))) }
  }

  /// The integers of kernels as files compute them, in single precision.
  ///
  /// - Parameter steps: what each channel's integers are multiples of.
  func integers(steps: [Float]) -> [Int] {
    zip(levels, steps).map { Int((Float($0) * unit / $1).rounded(.toNearestOrEven)) }
  }
}
