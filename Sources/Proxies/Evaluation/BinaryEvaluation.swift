import Foundation
import Torch

extension BinaryPrimitive {
  /// The result on two tensors of one layout.
  func apply(_ left: FlatTensor, _ right: FlatTensor) throws -> FormulaValue {
    switch shape {
    case .number: return .layers(try reduced(left, right))
    case .rowPairs:
      let parts = try left.layout.shapes.indices.map { layer in
        try Tensor.single(
          "aten::mm", [.tensor(left.matrix(layer)), .tensor(right.matrix(layer).permuted([1, 0]))]
        ).reshaped([-1])
      }
      let layout = left.layout.ofRowPairs
      return .tensor(FlatTensor(layout: layout, data: try Tensor.concatenated(parts, dimension: 0)))
    case .same, .rows:
      return .tensor(FlatTensor(layout: left.layout, data: try elementwise(left.data, right.data)))
    }
  }

  private func elementwise(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    func compared(_ operation: String) throws -> Tensor {
      let isUndefined = try Tensor.single(
        "aten::logical_or", [.tensor(x.applying("isnan")), .tensor(y.applying("isnan"))])
      return try Tensor.single("aten::\(operation)", overload: "Tensor", [.tensor(x), .tensor(y)])
        .converted(to: .float32).undefined(where: isUndefined)
    }
    switch self {
    case .difference: return try x.subtracting(y)
    case .product: return try x.multiplied(by: y)
    case .quotient: return try x.divided(by: y)
    case .greatest: return try Tensor.single("aten::maximum", [.tensor(x), .tensor(y)])
    case .least: return try Tensor.single("aten::minimum", [.tensor(x), .tensor(y)])
    case .lesser: return try compared("lt")
    case .greater: return try compared("gt")
    case .equal: return try compared("eq")
    default: return try x.adding(y)
    }
  }

  private func reduced(_ left: FlatTensor, _ right: FlatTensor) throws -> [Double] {
    let counts = left.layout.counts
    switch self {
    case .hamming: return try zip(left.pairs(with: right), counts).map { $0.differingSigns / $1 }
    case .l1Distance: return try zip(left.pairs(with: right), counts).map { $0.absoluteDifference / $1 }
    case .meanSquaredError: return try zip(left.pairs(with: right), counts).map { $0.squaredDifference / $1 }
    case .cosine:
      let norms = zip(try left.norms(), try right.norms())
      return try zip(left.pairs(with: right), norms).map { $0.product / ($1.0 * $1.1) }
    case .divergence:
      return try left.layout.shapes.indices.map { layer in
        let x = try left.matrix(layer).reshaped([-1]).logSoftmax(dimension: 0)
        let y = try right.matrix(layer).reshaped([-1]).logSoftmax(dimension: 0)
        return try x.applying("exp").multiplied(by: x.subtracting(y)).sum().item()
      }
    default: return try left.pairs(with: right).map { $0.squaredDifference.squareRoot() }
    }
  }
}
