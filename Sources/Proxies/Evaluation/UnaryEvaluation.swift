import Torch

extension UnaryPrimitive {
  /// The result on the tensors of all layers; the operand is never changed.
  ///
  /// - Throws: ``InvalidScore/shape`` where the result has another size than the shape rule says.
  func apply(_ x: FlatTensor) throws -> FormulaValue {
    switch computation {
    case .elementwise(let compute): .tensor(try FlatTensor(checking: compute(x.data), x.layout))
    case .layerwise(let compute): .tensor(try FlatTensor(checking: compute(x), x.layout))
    case .rows(let compute): .tensor(try FlatTensor(checking: compute(x), x.layout.ofRows))
    case .rowPairs(let compute): .tensor(try FlatTensor(checking: compute(x), x.layout.ofRowPairs))
    case .numbers(let compute): .layers(try compute(x).checked(count: x.layout.layerCount))
    case .moments(let number): .layers(try TensorMoments(x).numbers(number))
    }
  }
}

extension FlatTensor {
  /// What an operation made of tensors, where it has the size of a layout.
  init(checking data: Tensor, _ layout: TensorLayout) throws {
    guard data.count == layout.count else { throw InvalidScore.shape }
    self.init(layout: layout, data: data)
  }
}

extension [Double] {
  /// The numbers, where there are as many as there must be.
  func checked(count expected: Int) throws -> [Double] {
    guard count == expected else { throw InvalidScore.shape }
    return self
  }
}
