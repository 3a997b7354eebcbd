import Torch

/// Sums over the rows of each layer's matrix: all that the mean of a matrix product depends on.
struct ColumnSums: Sendable {
  let layout: TensorLayout
  /// A sum for each column of each layer, one layer after the other.
  let sums: [Double]
  /// The same of absolute values.
  let magnitudes: [Double]

  init(_ tensor: FlatTensor) throws {
    layout = tensor.layout
    let layout = tensor.layout
    func compute<Element: SummableElement>(_ all: UnsafeBufferPointer<Element>) -> ([Double], [Double]) {
      var (sums, magnitudes): ([Double], [Double]) = ([], [])
      for layer in layout.shapes.indices {
        let (start, columns) = (layout.range(layer).lowerBound, layout.columns(layer))
        var (sum, magnitude) = (
          [Double](repeating: 0, count: columns), [Double](repeating: 0, count: columns)
        )
        for row in 0..<layout.rows(layer) {
          let elements = UnsafeBufferPointer(
            rebasing: all[start + row * columns..<start + (row + 1) * columns])
          for column in 0..<columns {
            sum[column] += Double(elements[column])
            magnitude[column] += abs(Double(elements[column]))
          }
        }
        sums += sum
        magnitudes += magnitude
      }
      return (sums, magnitudes)
    }
    (sums, magnitudes) = try tensor.read({ compute($0) }, { compute($0) })
  }

  /// The mean of all elements of X Yᵀ in each layer: Σ_k (Σ_i x_ik) (Σ_j y_jk) / rows².
  func meanOfMatrixProduct(with other: ColumnSums) -> ValueSummary {
    var result = ValueSummary(means: [], magnitudes: [], isOfChoices: false)
    var start = 0
    for layer in layout.shapes.indices {
      let end = start + layout.columns(layer)
      var (mean, magnitude) = (0.0, 0.0)
      for column in start..<end {
        mean += sums[column] * other.sums[column]
        magnitude += magnitudes[column] * other.magnitudes[column]
      }
      let pairs = Double(layout.rows(layer) * layout.rows(layer))
      result.means.append(mean / pairs)
      result.magnitudes.append(magnitude / pairs)
      start = end
    }
    return result
  }
}
