import Torch

/// What operations over rows and over whole layers have in common.
extension FlatTensor {
  /// The tensors of all layers, computed one by one, as elements of one tensor.
  public func joined(_ tensor: (_ layer: Int) throws -> Tensor) throws -> Tensor {
    try Tensor.concatenated(
      layout.shapes.indices.map { try tensor($0).reshaped([-1]) }, dimension: 0)
  }

  /// `softmax` or `log_softmax` over the first dimension of each layer.
  func overRows(_ operation: String) throws -> Tensor {
    try joined { layer in
      let range = layout.range(layer)
      let matrix = try data.sliced(dimension: 0, from: range.lowerBound, to: range.upperBound)
        .reshaped([layout.rows(layer), layout.columns(layer)])
      return try Tensor.single("aten::\(operation)", overload: "int", [.tensor(matrix), .int(0)])
    }
  }

  /// The mean of each row.
  func rowMeans() throws -> Tensor {
    try ofRows(
      { Float.sums($0).sum / Double($0.count) }, { Double.sums($0).sum / Double($0.count) })
  }

  /// The root of the sum of squares of each row.
  func rowNorms() throws -> Tensor {
    try ofRows(
      { Float.centeredPowers($0, center: 0).square.squareRoot() },
      { Double.centeredPowers($0, center: 0).square.squareRoot() })
  }

  private func ofRows(
    _ float: (UnsafeBufferPointer<Float>) -> Double, _ double: (UnsafeBufferPointer<Double>) -> Double
  ) throws -> Tensor {
    func numbers<Element>(
      _ all: UnsafeBufferPointer<Element>, _ number: (UnsafeBufferPointer<Element>) -> Double
    ) -> [Double] {
      var result: [Double] = []
      for layer in layout.shapes.indices {
        let (range, columns) = (layout.range(layer), layout.columns(layer))
        for start in stride(from: range.lowerBound, to: range.upperBound, by: max(1, columns)) {
          result.append(number(UnsafeBufferPointer(rebasing: all[start..<start + columns])))
        }
      }
      return result
    }
    let numbers = try read({ numbers($0, float) }, { numbers($0, double) })
    return try Tensor(numbers, shape: [numbers.count])
  }
}

extension Tensor {
  /// X Xᵀ of a matrix.
  func rowProducts() throws -> Tensor { try rowProducts(with: self) }

  /// X Yᵀ of two matrices.
  func rowProducts(with other: Tensor) throws -> Tensor {
    try Tensor.single("aten::mm", [.tensor(self), .tensor(other.permuted([1, 0]))])
  }

  /// The elements, but NaN where a condition holds.
  func undefined(where condition: Tensor) throws -> Tensor {
    let undefined = try Tensor.scalar(.nan, elementType: elementType)
    return try Tensor.single(
      "aten::where", overload: "self", [.tensor(condition), .tensor(undefined), .tensor(self)])
  }

  /// 1 where a comparison, `lt`, `gt` or `eq`, holds, 0 elsewhere, NaN where either element is.
  func compared(_ operation: String, with other: Tensor) throws -> Tensor {
    let isUndefined = try Tensor.single(
      "aten::logical_or", [.tensor(applying("isnan")), .tensor(other.applying("isnan"))])
    return try Tensor.single("aten::\(operation)", overload: "Tensor", [.tensor(self), .tensor(other)])
      .converted(to: .float32).undefined(where: isUndefined)
  }
}
