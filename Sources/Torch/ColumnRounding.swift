import CTorch

/// Rounds columns of matrices one after the other, each passing its error on to those behind it.
public struct ColumnRounding: Sendable {
  private let scales: [Float]
  private let lowest: [Float]
  private let highest: [Float]

  /// Names the grids of rows.
  ///
  /// - Parameters:
  ///   - scales: one a row.
  ///   - lowest: the least step of each row.
  ///   - highest: the greatest step of each row.
  public init(scales: [Float], lowest: [Float], highest: [Float]) {
    self.scales = scales
    self.lowest = lowest
    self.highest = highest
  }

  /// Replaces a block of columns, [width, rows], by steps from 0 on their grids, the first column first.
  ///
  /// - Parameters:
  ///   - block: the columns; steps afterwards.
  ///   - factor: U of the block, [width, width]; row i says what share of column i's error each later column takes.
  ///   - original: the columns before any error was passed on, [width, channels]; rows are several grids of these channels.
  ///   - damping: what of the squared change is taken from the squared error.
  ///   - sums: Σ ((w − ŵ) / Uᵢᵢ)² less the damping's share is added, one a row.
  /// - Returns: (w − ŵ) / Uᵢᵢ, [width, rows]; nil where the sizes do not fit.
  /// - Complexity: O(width² · rows).
  public func round(
    _ block: inout [Float], factor: [Float], original: [Float], damping: Float, sums: inout [Double]
  ) -> [Float]? {
    let rows = scales.count
    guard rows > 0, lowest.count == rows, highest.count == rows, sums.count == rows, block.count % rows == 0
    else { return nil }
    let width = block.count / rows
    guard width > 0, factor.count == width * width, original.count % width == 0 else { return nil }
    let channels = original.count / width
    guard channels > 0, rows % channels == 0 else { return nil }
    var errors = [Float](repeating: 0, count: block.count)
    ct_round_columns(
      &block, Int64(width), Int64(rows), scales, lowest, highest, factor, original, Int64(channels), damping,
      &errors, &sums)
    return errors
  }
}
