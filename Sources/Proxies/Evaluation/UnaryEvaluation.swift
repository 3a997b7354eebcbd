import Torch

extension UnaryPrimitive {
  /// The result on the tensors of all layers; the operand is never changed.
  ///
  /// - Throws: ``InvalidScore/shape`` where the result has another size than the shape rule says.
  func apply(_ x: FlatTensor) throws -> FormulaValue {
    switch computation {
    case .elementwise(let compute): .tensor(try FlatTensor(layout: x.layout, data: compute(x.data)))
    case .layerwise(let compute): .tensor(try FlatTensor(layout: x.layout, data: compute(x)))
    case .rows(let compute): .tensor(try FlatTensor(layout: x.layout.ofRows, data: compute(x)))
    case .rowPairs(let compute): .tensor(try FlatTensor(layout: x.layout.ofRowPairs, data: compute(x)))
    case .numbers(let compute): .layers(try compute(x).checked(count: x.layout.layerCount))
    case .moments(let number): .layers(try TensorMoments(x).numbers(number))
    }
  }
}

extension [Double] {
  /// The numbers, where there are as many as there must be.
  func checked(count expected: Int) throws -> [Double] {
    guard count == expected else { throw InvalidScore.shape }
    return self
  }
}
