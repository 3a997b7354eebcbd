import Torch

/// A weight as integers, with a scale and a zero point for each output channel.
///
/// Weights of up to 4 bits are asymmetric, q in 0 ... 2ᵇ−1; those of more bits symmetric, q in −2ᵇ⁻¹ ... 2ᵇ⁻¹−1
/// with zero point 0. The number that q stands for is (q − zero) · scale.
public struct QuantizedWeight: Sendable {
  /// Bits of an element.
  public let bits: Int
  /// Integers in the weight's shape, held as float32.
  public let levels: Tensor
  /// One a channel.
  public let scales: Tensor
  /// One a channel; integers held as float32.
  public let zeros: Tensor
  /// The dimension of channels.
  public let axis: Int

  /// Whether integers have a sign and the zero point is 0.
  public var isSymmetric: Bool { Self.isSymmetric(bits: bits) }

  static func isSymmetric(bits: Int) -> Bool { bits > 4 }

  /// Shares of the full range that are tried as the range of a channel.
  private static let shrinkage = stride(from: 1.0, to: 0.2, by: -0.01)

  /// Quantizes a weight to the nearest level, with the range of each channel that has the least squared error.
  ///
  /// - Parameters:
  ///   - weight: float32.
  ///   - axis: the dimension of output channels.
  ///   - bits: 2 to 8.
  /// - Complexity: 80 passes over the weight.
  public init(_ weight: Tensor, axis: Int, bits: Int) throws {
    self.bits = bits
    self.axis = axis
    let channels = weight.shape[axis]
    let rows = try Self.rows(weight, axis: axis)
    let isSymmetric = Self.isSymmetric(bits: bits)
    let lowest = isSymmetric ? -Double(1 << (bits - 1)) : 0
    let highest = isSymmetric ? Double(1 << (bits - 1)) - 1 : Double(1 << bits) - 1
    // The range always holds zero, so that zero stays zero.
    let zero = try Tensor.scalar(0)
    let least = try Tensor.single(
      "aten::minimum", [.tensor(rows.minimum(over: [1], keepingRank: true)), .tensor(zero)])
    let greatest = try Tensor.single(
      "aten::maximum", [.tensor(rows.maximum(over: [1], keepingRank: true)), .tensor(zero)])
    let tiny = 1e-12

    var best: (error: Tensor, scale: Tensor, zero: Tensor)?
    for share in Self.shrinkage {
      let scale: Tensor
      var offset = try Tensor.full(0, shape: [channels, 1])
      if isSymmetric {
        let magnitude = try Tensor.single(
          "aten::maximum", [.tensor(least.absolute()), .tensor(greatest)])
        scale = try magnitude.scaled(by: share / highest).clamped(tiny, .infinity)
      } else {
        scale = try greatest.subtracting(least).scaled(by: share / highest).clamped(tiny, .infinity)
        offset = try least.scaled(by: -share).divided(by: scale).rounded().clamped(lowest, highest)
      }
      let levels = try rows.divided(by: scale).rounded().adding(offset).clamped(lowest, highest)
      let error = try levels.subtracting(offset).multiplied(by: scale).subtracting(rows).squared()
        .sum(over: [1], keepingRank: true)
      guard let known = best else {
        best = (error, scale, offset)
        continue
      }
      let isBetter = try Tensor.single(
        "aten::lt", overload: "Tensor", [.tensor(error), .tensor(known.error)])
      func choose(_ new: Tensor, _ old: Tensor) throws -> Tensor {
        try Tensor.single("aten::where", overload: "self", [.tensor(isBetter), .tensor(new), .tensor(old)])
      }
      best = (
        try choose(error, known.error), try choose(scale, known.scale), try choose(offset, known.zero)
      )
    }
    guard let best else { throw TorchError(operation: "quantize", reason: "no range was tried") }
    let levels = try rows.divided(by: best.scale).rounded().adding(best.zero).clamped(lowest, highest)
    scales = try best.scale.reshaped([channels])
    zeros = try best.zero.reshaped([channels])
    self.levels = try Self.restored(levels, shape: weight.shape, axis: axis)
  }

  /// The weight that the integers stand for, float32.
  public func dequantized() throws -> Tensor {
    var shape = levels.shape.map { _ in 1 }
    shape[axis] = levels.shape[axis]
    return try levels.subtracting(zeros.reshaped(shape)).multiplied(by: scales.reshaped(shape))
  }

  /// A row for each output channel.
  private static func rows(_ weight: Tensor, axis: Int) throws -> Tensor {
    let first = axis == 0 ? weight : try weight.permuted([axis] + weight.shape.indices.filter { $0 != axis })
    return try first.contiguous().reshaped([weight.shape[axis], -1])
  }

  private static func restored(_ rows: Tensor, shape: [Int], axis: Int) throws -> Tensor {
    guard axis != 0 else { return try rows.reshaped(shape) }
    let order = [axis] + shape.indices.filter { $0 != axis }
    let inverse = shape.indices.map { index in order.firstIndex(of: index) ?? index }
    return try rows.reshaped(order.map { shape[$0] }).permuted(inverse).contiguous()
  }
}
