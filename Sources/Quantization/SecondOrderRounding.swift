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
  /// The order of columns in each group.
  private let order: [[Int]]
  /// U of each group, [K, K] row by row, in that order of columns.
  private let factors: [[Float]]
  private let size: Int
  /// E[x xᵀ], float32.
  private let second: Tensor

  /// Factors the moments, once for all numbers of bits.
  ///
  /// - Complexity: O(groups · K³).
  package init(_ moments: LayerMoments) throws {
    let groups = moments.second.shape[0]
    let size = moments.second.shape[1]
    let values = try moments.second.doubles()
    var ordered = [Double](repeating: 0, count: values.count)
    var order: [[Int]] = []
    for group in 0..<groups {
      let base = group * size * size
      func diagonal(_ column: Int) -> Double { values[base + column * size + column] }
      let columns = (0..<size).sorted { (diagonal($0), $1) > (diagonal($1), $0) }
      let mean = columns.reduce(0) { $0 + diagonal($1) } / Double(max(1, size))
      // An input that is always 0 has no say: it is rounded by itself.
      let damping = mean > 0 ? 0.01 * mean : 1
      for (row, from) in columns.enumerated() {
        for (column, to) in columns.enumerated() {
          ordered[base + row * size + column] = values[base + from * size + to]
        }
        ordered[base + row * size + row] += damping
      }
      order.append(columns)
    }
    let matrix = try Tensor(ordered, shape: [groups, size, size])
    let lower = try Tensor.single("aten::linalg_cholesky", [.tensor(matrix), .bool(false)])
    let inverse = try Tensor.single("aten::cholesky_inverse", [.tensor(lower), .bool(false)])
    let upper = try Tensor.single("aten::linalg_cholesky", [.tensor(inverse), .bool(true)]).floats()
    self.order = order
    self.size = size
    second = try moments.second.converted(to: .float32)
    factors = (0..<groups).map { Array(upper[$0 * size * size..<($0 + 1) * size * size]) }
  }

  /// The grid of a weight on which this rounding has the least error of the layer's output, channel by channel.
  ///
  /// - Complexity: 29 roundings.
  package func grid(of weight: Tensor, axis: Int, bits: Int, scheme: WeightScheme) throws -> WeightGrid {
    let rows = try weight.rows(axis: axis)
    return try WeightGrid.best(
      of: weight, axis: axis, bits: bits, scheme: scheme,
      shares: Array(stride(from: 1.0, to: 0.28, by: -0.025))
    ) { grid in
      let error = try grid.values(of: levels(of: weight, grid: grid)).rows(axis: axis).subtracting(rows)
      let grouped = try error.reshaped([second.shape[0], error.shape[0] / second.shape[0], -1])
      let product = try Tensor.single("aten::bmm", [.tensor(grouped), .tensor(second)])
      return try product.multiplied(by: grouped).sum(over: [2]).reshaped([-1])
    }
  }

  /// The levels of a weight on a grid.
  ///
  /// - Complexity: O(output channels · K²).
  package func levels(of weight: Tensor, grid: WeightGrid) throws -> Tensor {
    let matrix = try weight.rows(axis: grid.axis)
    let values = try matrix.floats()
    let channels = matrix.shape[0]
    let scales = try grid.scales.floats()
    let zeros = try grid.zeros.floats()
    let (lowest, highest) = (Float(grid.lowest), Float(grid.highest))
    var levels = [Float](repeating: 0, count: values.count)
    var row = [Float](repeating: 0, count: size)
    let size = size
    for channel in 0..<channels {
      let group = channel * factors.count / channels
      let order = order[group]
      let (scale, zero) = (scales[channel], zeros[channel])
      for (position, column) in order.enumerated() { row[position] = values[channel * size + column] }
      row.withUnsafeMutableBufferPointer { row in
        factors[group].withUnsafeBufferPointer { factor in
          for position in 0..<size {
            let value = row[position]
            let level = min(highest, max(lowest, (value / scale).rounded(.toNearestOrEven) + zero))
            levels[channel * size + order[position]] = level
            let error = (value - (level - zero) * scale) / factor[position * size + position]
            for later in position + 1..<max(size, position + 1) {
              row[later] -= error * factor[position * size + later]
            }
          }
        }
      }
    }
    return try Tensor(levels, shape: matrix.shape).fromRows(shape: weight.shape, axis: grid.axis)
  }
}
