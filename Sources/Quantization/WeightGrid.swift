import Torch

/// The levels that a weight's elements are rounded to: a scale and a zero point for each output channel.
///
/// The range is the share of the full one with the least error and always holds 0. The error is that of the weight
/// rounded to the nearest levels, Σ (Q(w) − w)² (Nagel et al., "A White Paper on Neural Network Quantization", 2021,
/// section 3.1, MSE), or, where calibration images are looked at, that of the layer's output.
public struct WeightGrid: Sendable {
  /// Bits of an element.
  public let bits: Int
  /// Which grid it is.
  public let scheme: WeightScheme
  /// One a channel, float32; the same everywhere where the granularity is the tensor.
  public private(set) var scales: Tensor
  /// One a channel; integers held as float32.
  public private(set) var zeros: Tensor
  /// The dimension of the weight that counts channels.
  public let axis: Int

  /// Whether integers have a sign and the zero point is 0.
  public var isSymmetric: Bool { scheme.isSymmetric(bits: bits) }
  /// The least level.
  public var lowest: Double { isSymmetric ? -Double(1 << (bits - 1)) : 0 }
  /// The greatest level.
  public var highest: Double { lowest + Double(1 << bits) - 1 }

  package init(bits: Int, scheme: WeightScheme, scales: Tensor, zeros: Tensor, axis: Int) {
    self.bits = bits
    self.scheme = scheme
    self.scales = scales
    self.zeros = zeros
    self.axis = axis
  }

  /// Finds the grid of a weight with the least squared error of rounding to the nearest level.
  ///
  /// - Parameters:
  ///   - weight: float32.
  ///   - axis: the dimension of output channels.
  ///   - bits: 2 to 8.
  ///   - scheme: how levels lie.
  /// - Complexity: 80 passes over the weight.
  public init(_ weight: Tensor, axis: Int, bits: Int, scheme: WeightScheme = WeightScheme()) throws {
    let rows = try weight.rows(axis: axis)
    self = try Self.best(
      of: weight, axis: axis, bits: bits, scheme: scheme, shares: Array(stride(from: 1.0, to: 0.2, by: -0.01))
    ) { grids in
      try grids.map { grid in
        try grid.values(of: grid.nearestLevels(of: weight)).rows(axis: axis).subtracting(rows).squared()
          .sum(over: [1])
      }
    }
  }

  /// The grid whose range is the share of the full one with the least error.
  ///
  /// - Parameters:
  ///   - shares: what is tried for all channels.
  ///   - offsets: what is then tried beside each channel's best one of these.
  ///   - errors: by grid, the error of each channel, [channels].
  static func best(
    of weight: Tensor, axis: Int, bits: Int, scheme: WeightScheme, shares: [Double], offsets: [Double] = [],
    errors: ([WeightGrid]) throws -> [Tensor]
  ) throws -> WeightGrid {
    let channels = weight.shape[axis]
    let rows = try weight.rows(axis: axis)
    let isTensor = scheme.granularity == .tensor
    // The range always holds zero, so that zero stays zero.
    let dimensions = isTensor ? [0, 1] : [1]
    func expanded(_ values: Tensor) throws -> Tensor {
      try Tensor.single("aten::expand", [.tensor(values), .ints([channels])]).contiguous()
    }
    let least = try expanded(rows.minimum(over: dimensions).clamped(-.infinity, 0))
    let greatest = try expanded(rows.maximum(over: dimensions).clamped(0, .infinity))
    let tiny = 1e-12
    func candidate(_ share: Tensor) throws -> Candidate {
      var grid = WeightGrid(bits: bits, scheme: scheme, scales: least, zeros: least, axis: axis)
      if grid.isSymmetric {
        let magnitude = try Tensor.single("aten::maximum", [.tensor(least.absolute()), .tensor(greatest)])
        grid.scales = try magnitude.multiplied(by: share.scaled(by: 1 / grid.highest)).clamped(
          tiny, .infinity)
        grid.zeros = try Tensor.full(0, shape: [channels])
      } else {
        grid.scales = try greatest.subtracting(least).multiplied(by: share.scaled(by: 1 / grid.highest))
          .clamped(tiny, .infinity)
        grid.zeros = try least.multiplied(by: share).scaled(by: -1).divided(by: grid.scales).rounded()
          .clamped(grid.lowest, grid.highest)
      }
      return Candidate(grid: grid, share: share)
    }
    var best: (error: Tensor, candidate: Candidate)?
    func compare(_ candidates: [Candidate]) throws {
      for (found, tried) in try zip(errors(candidates.map(\.grid)), candidates) {
        let error = try isTensor ? expanded(found.sum()) : found
        guard let known = best else {
          best = (error, tried)
          continue
        }
        let isBetter = try Tensor.single(
          "aten::lt", overload: "Tensor", [.tensor(error), .tensor(known.error)])
        func choose(_ left: Tensor, _ right: Tensor) throws -> Tensor {
          try Tensor.single(
            "aten::where", overload: "self", [.tensor(isBetter), .tensor(left), .tensor(right)])
        }
        var chosen = tried
        chosen.grid.scales = try choose(tried.grid.scales, known.candidate.grid.scales)
        chosen.grid.zeros = try choose(tried.grid.zeros, known.candidate.grid.zeros)
        chosen.share = try choose(tried.share, known.candidate.share)
        best = (try choose(error, known.error), chosen)
      }
    }
    try compare(shares.map { try candidate(Tensor.full($0, shape: [channels])) })
    if let center = best?.candidate.share, !offsets.isEmpty {
      try compare(
        offsets.map { offset in
          try candidate(center.adding(Tensor.full(offset, shape: [channels])).clamped(0.05, 1))
        })
    }
    guard let best else { throw TorchError(operation: "quantize", reason: "no range was tried") }
    return best.candidate.grid
  }

  /// A grid that is tried, and the share of the full range that each of its channels has.
  private struct Candidate {
    var grid: WeightGrid
    var share: Tensor
  }

  /// The nearest level of each element of a weight, in its shape.
  public func nearestLevels(of weight: Tensor) throws -> Tensor {
    try weight.divided(by: broadcast(scales, rank: weight.rank)).rounded()
      .adding(broadcast(zeros, rank: weight.rank)).clamped(lowest, highest)
  }

  /// What levels stand for, (q − z) · s.
  public func values(of levels: Tensor) throws -> Tensor {
    try levels.subtracting(broadcast(zeros, rank: levels.rank))
      .multiplied(by: broadcast(scales, rank: levels.rank))
  }

  private func broadcast(_ values: Tensor, rank: Int) throws -> Tensor {
    var shape = Array(repeating: 1, count: rank)
    shape[axis] = values.count
    return try values.reshaped(shape)
  }
}

extension Tensor {
  /// A weight as a matrix with a row for each output channel.
  func rows(axis: Int) throws -> Tensor {
    let first = axis == 0 ? self : try permuted([axis] + shape.indices.filter { $0 != axis })
    return try first.contiguous().reshaped([shape[axis], -1])
  }

  /// The weight of `shape` that ``rows(axis:)`` made this matrix of.
  func fromRows(shape: [Int], axis: Int) throws -> Tensor {
    guard axis != 0 else { return try reshaped(shape) }
    let order = [axis] + shape.indices.filter { $0 != axis }
    let inverse = shape.indices.map { index in order.firstIndex(of: index) ?? index }
    return try reshaped(order.map { shape[$0] }).permuted(inverse).contiguous()
  }
}
