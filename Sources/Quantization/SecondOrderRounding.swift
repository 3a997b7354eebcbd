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
        let steps = ColumnGrids(
          scales: scales.flatMap { $0[range] }, zeros: zeros.flatMap { $0[range] },
          lowest: Float(grids[0].lowest),
          highest: Float(grids[0].highest))
        let found = try rounded(
          part.contiguous(), steps, upper: upper,
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

  /// The grids of rows: where rows of several channels, or of one channel on several grids, are rounded together.
  private struct ColumnGrids {
    let scales: [Float]
    let zeros: [Float]
    let lowest: Float
    let highest: Float
  }

  /// Rounds columns, [K, channels], on each of several grids, in blocks of columns: errors are passed on within a block as they
  /// arise, and behind it by one product of matrices.
  private func rounded(
    _ columns: Tensor, _ grids: ColumnGrids, upper: Tensor, damping: Float, keepsLevels: Bool
  ) throws -> (errors: [Double], levels: Tensor?) {
    let count = grids.scales.count
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
      var passed = [Float](repeating: 0, count: width * count)
      block.roundColumns(
        grids.scales, grids.zeros, lowest: grids.lowest, highest: grids.highest, factor: inside, width: width,
        original: original, channels: channels, damping: damping, errors: &passed, sums: &sums)
      if keepsLevels {
        levels.append(
          try Tensor(block, shape: [width, count]).adding(Tensor(grids.zeros, shape: [1, count])))
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

extension [Float] {
  /// Replaces a block of columns, [width, rows], by steps from 0 on their grids, the first column first; errors are
  /// passed on to those behind it.
  ///
  /// - Parameters:
  ///   - factor: the block's own part of U, [width, width].
  ///   - original: the block of each channel before any error was passed on to it, [width, channels].
  ///   - errors: takes (w − ŵ) / Uᵢᵢ.
  ///   - sums: Σ ((w − ŵ) / Uᵢᵢ)² is added to it, which is what rounding costs under H, less λ Σ (w − ŵ)².
  fileprivate mutating func roundColumns(
    _ scales: [Float], _ zeros: [Float], lowest: Float, highest: Float, factor: [Float], width: Int,
    original: [Float], channels: Int, damping: Float, errors: inout [Float], sums: inout [Double]
  ) {
    let rows = scales.count
    // Adding and taking away 1.5 · 2²³ rounds what is smaller than 2²² to the nearest integer, halves to even.
    let magic: Float = 12_582_912
    withUnsafeMutableBufferPointer { block in
      scales.withUnsafeBufferPointer { scales in
        zeros.withUnsafeBufferPointer { zeros in
          original.withUnsafeBufferPointer { original in
            errors.withUnsafeMutableBufferPointer { errors in
              sums.withUnsafeMutableBufferPointer { sums in
                for column in 0..<width {
                  let base = column * rows
                  let inverse = 1 / factor[column * width + column]
                  for first in Swift.stride(from: 0, to: rows, by: channels) {
                    for channel in 0..<channels {
                      let row = first + channel
                      let (value, scale, zero) = (block[base + row], scales[row], zeros[row])
                      var step = value / scale
                      step = step < lowest - zero ? lowest - zero : step
                      step = step > highest - zero ? highest - zero : step
                      step = (step + magic) - magic
                      block[base + row] = step
                      let rounded = step * scale
                      let error = (value - rounded) * inverse
                      errors[base + row] = error
                      let change = original[column * channels + channel] - rounded
                      sums[row] += Double(error * error - damping * change * change)
                    }
                  }
                  for later in column + 1..<Swift.max(width, column + 1) {
                    let share = factor[column * width + later]
                    let target = later * rows
                    for row in 0..<rows { block[target + row] -= errors[base + row] * share }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
