import Torch

extension BinaryPrimitive {
  /// The result on two tensors of one layout.
  ///
  /// - Throws: ``InvalidScore/shape`` where the result has another size than the shape rule says.
  func apply(_ left: FlatTensor, _ right: FlatTensor) throws -> FormulaValue {
    switch computation {
    case .elementwise(let compute):
      .tensor(try FlatTensor(layout: left.layout, data: compute(left.data, right.data)))
    case .rowPairs(let compute):
      .tensor(try FlatTensor(layout: left.layout.ofRowPairs, data: compute(left, right)))
    case .numbers(let compute): .layers(try compute(left, right).checked(count: left.layout.layerCount))
    case .pairs(let number): .layers(try zip(left.pairs(with: right), left.layout.counts).map(number))
    }
  }
}
