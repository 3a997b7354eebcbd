import Torch

extension Rounding {
  /// Column by column, later columns making up for the errors of earlier ones (`SecondOrderRounding`).
  public static let gptq = Rounding(
    name: "gptq", leastImages: 16,
    method: .layers(seesInputs: true) { layer, bits in
      guard let rounding = try layer.secondOrder() else { return [] }
      return try withoutGradients {
        try bits.map { bits in
          let grid = try layer.grid(bits: bits, by: rounding)
          return QuantizedWeight(grid: grid, levels: try rounding.levels(of: layer.weight, grid: grid))
        }
      }
    })
}

/// Rounds a layer column by column, each column's error made up for by the columns that are still free (GPTQ).
///
/// For H = E[x xᵀ] + λI and the upper Cholesky factor U of its inverse, U ᵀU = H⁻¹, column i of the weight is rounded
/// to ŵᵢ and the rest changed by
///
///     w_j ← w_j − (wᵢ − ŵᵢ) / Uᵢᵢ · Uᵢⱼ   for j > i
///
/// which is the change of least output error that the rounding of column i leaves open. Columns go in descending
/// order of Hᵢᵢ; λ is 1 % of the mean of the diagonal.
///
/// Source: Frantar, Ashkboos, Hoefler and Alistarh, "GPTQ", ICLR 2023, equations 2 and 3, algorithm 1.
/// Convolutions are taken as matrix products, each group by itself (``LayerMoments``).
package struct SecondOrderRounding: Sendable {
  /// The order of columns in each group, [groups, K].
  private let order: Tensor
  /// Where each column went, [groups, K].
  private let place: Tensor
  /// U of each group, [groups, K, K], in that order of columns.
  private let factors: Tensor
  /// λ of each group.
  private let damping: [Double]

  private var groups: Int { factors.shape[0] }
  private var size: Int { factors.shape[1] }

  /// Factors the moments, once for all numbers of bits.
  ///
  /// - Complexity: O(groups · K³).
  package init(_ moments: LayerMoments) throws {
    let second = moments.second
    let (groups, size) = (second.shape[0], second.shape[1])
    let diagonal = try Tensor.single(
      "aten::diagonal", [.tensor(second), .int(0), .int(1), .int(2)]
    ).contiguous()
    let values = try diagonal.converted(to: .float64).doubles()
    var order: [Int64] = []
    var place = [Int64](repeating: 0, count: values.count)
    var damping: [Double] = []
    for group in 0..<groups {
      let own = values[group * size..<(group + 1) * size]
      let columns = own.indices.sorted { (own[$0], $1) > (own[$1], $0) }
      for (position, column) in columns.enumerated() { place[column] = Int64(position) }
      order += columns.map { Int64($0 - own.startIndex) }
      let mean = columns.reduce(0) { $0 + own[$1] } / Double(max(1, size))
      // An input that is always 0 has no say: it is rounded by itself.
      damping.append(mean > 0 ? 0.01 * mean : 1)
    }
    self.order = try Tensor(order, shape: [groups, size])
    self.place = try Tensor(place, shape: [groups, size])
    self.damping = damping
    var upper: [Tensor] = []
    for group in 0..<groups {
      // One after the other, as each takes several times the memory of its moments.
      let columns = try self.order.sliced(dimension: 0, from: group, to: group + 1).reshaped([-1])
      var matrix = try second.sliced(dimension: 0, from: group, to: group + 1).reshaped([size, size])
        .selected(columns, dimension: 0).selected(columns, dimension: 1).converted(to: .float64)
      matrix = try matrix.adding(
        Tensor.single(
          "aten::diag", [.tensor(Tensor.full(damping[group], shape: [size], elementType: .float64))]))
      matrix = try Tensor.single("aten::linalg_cholesky", [.tensor(matrix), .bool(false)])
      matrix = try Tensor.single("aten::cholesky_inverse", [.tensor(matrix), .bool(false)])
      matrix = try Tensor.single("aten::linalg_cholesky", [.tensor(matrix), .bool(true)])
      upper.append(try matrix.converted(to: .float32).contiguous().reshaped([1, size, size]))
    }
    factors = try Tensor.concatenated(upper, dimension: 0)
  }

  /// The grid of a weight on which this rounding has the least error of the layer's output, channel by channel.
  ///
  /// - Complexity: 14 roundings.
  package func grid(of weight: Tensor, axis: Int, bits: Int, scheme: WeightScheme) throws -> WeightGrid {
    try WeightGrid.best(
      of: weight, axis: axis, bits: bits, scheme: scheme,
      shares: Array(stride(from: 1.0, to: 0.25, by: -0.1)),
      offsets: [0.075, 0.05, 0.025, -0.025, -0.05, -0.075]
    ) { grids in
      try rounded(weight, on: grids).errors.map { try Tensor($0, shape: [$0.count]) }
    }
  }

  /// The levels of a weight on a grid.
  ///
  /// - Complexity: O(output channels · K²).
  package func levels(of weight: Tensor, grid: WeightGrid) throws -> Tensor {
    try rounded(weight, on: [grid], keepingLevels: true).levels.fromRows(shape: weight.shape, axis: grid.axis)
  }
}

/// The rounding itself.
extension SecondOrderRounding {
  /// Columns whose errors are passed on at once to those behind them.
  private static let blockSize = 64
  /// Rows that are rounded at a time, about: as many as fit a processor's cache.
  private static let rowCount = 1024

  /// Rounds a weight on several grids.
  ///
  /// - Returns: by grid, what rounding adds to the squared error of each channel's output; and, where they are kept, the
  ///   levels on the last grid, [channels, K].
  private func rounded(
    _ weight: Tensor, on grids: [WeightGrid], keepingLevels keepsLevels: Bool = false
  ) throws -> (errors: [[Double]], levels: Tensor) {
    let axis = grids[0].axis
    let rows = try weight.rows(axis: axis)
    let channels = rows.shape[0]
    let own = channels / groups
    let scales = try grids.map { try $0.scales.floats() }
    let zeros = try grids.map { try $0.zeros.floats() }
    var errors = grids.map { _ in [Double](repeating: 0, count: channels) }
    var parts: [Tensor] = []
    for group in 0..<groups {
      let upper = try factors.sliced(dimension: 0, from: group, to: group + 1).reshaped([size, size])
      let columns = try order.sliced(dimension: 0, from: group, to: group + 1).reshaped([-1])
      let places = try place.sliced(dimension: 0, from: group, to: group + 1).reshaped([-1])
      let share = max(1, Self.rowCount / grids.count)
      for first in stride(from: group * own, to: (group + 1) * own, by: share) {
        let range = first..<min((group + 1) * own, first + share)
        // [K, channels], so that what a column is rounded by stands side by side.
        let part = try rows.sliced(dimension: 0, from: range.lowerBound, to: range.upperBound)
          .selected(columns, dimension: 1).permuted([1, 0])
        let zeroPoints = zeros.flatMap { $0[range] }
        let steps = ColumnRounding(
          scales: scales.flatMap { $0[range] }, lowest: zeroPoints.map { Float(grids[0].lowest) - $0 },
          highest: zeroPoints.map { Float(grids[0].highest) - $0 })
        let found = try rounded(
          part.contiguous(), steps, zeros: zeroPoints, upper: upper,
          damping: Float(damping[group]), keepsLevels: keepsLevels)
        for index in grids.indices {
          errors[index].replaceSubrange(
            range, with: found.errors[index * range.count..<(index + 1) * range.count])
        }
        if let levels = found.levels {
          parts.append(try levels.permuted([1, 0]).selected(places, dimension: 1))
        }
      }
    }
    return (errors, keepsLevels ? try Tensor.concatenated(parts, dimension: 0) : rows)
  }

  /// Rounds columns, [K, channels], on each of several grids, in blocks of columns: errors are passed on within a block as they
  /// arise, and behind it by one product of matrices.
  private func rounded(
    _ columns: Tensor, _ grids: ColumnRounding, zeros: [Float], upper: Tensor, damping: Float,
    keepsLevels: Bool
  ) throws -> (errors: [Double], levels: Tensor?) {
    let count = zeros.count
    let channels = columns.shape[1]
    var sums = [Double](repeating: 0, count: count)
    var levels: [Tensor] = []
    // [K, grids · channels]; nobody else has it, so that what is still free of it is changed in place.
    let free = try Tensor.single("aten::repeat", [.tensor(columns), .ints([1, count / max(1, channels)])])
    for start in stride(from: 0, to: size, by: Self.blockSize) {
      let end = min(size, start + Self.blockSize)
      let width = end - start
      let factor = try upper.sliced(dimension: 0, from: start, to: end)
      let inside = try factor.sliced(dimension: 1, from: start, to: end).contiguous().floats()
      var block = try free.sliced(dimension: 0, from: start, to: end).contiguous().floats()
      let original = try columns.sliced(dimension: 0, from: start, to: end).contiguous().floats()
      guard
        let passed = grids.round(
          &block, factor: inside, original: original, damping: damping, sums: &sums)
      else {
        throw TorchError(
          operation: "quantize", reason: "columns of \(channels) channels do not fit \(count) grids")
      }
      if keepsLevels {
        levels.append(
          try Tensor(block, shape: [width, count]).adding(Tensor(zeros, shape: [1, count])))
      }
      guard end < size else { break }
      let rest = try factor.sliced(dimension: 1, from: end, to: size).permuted([1, 0])
      _ = try Tensor.call(
        "aten::addmm_",
        [
          .tensor(free.sliced(dimension: 0, from: end, to: size)), .tensor(rest),
          .tensor(Tensor(passed, shape: [width, count])), .double(1), .double(-1),
        ])
    }
    return (sums, keepsLevels ? try Tensor.concatenated(levels, dimension: 0) : nil)
  }
}
