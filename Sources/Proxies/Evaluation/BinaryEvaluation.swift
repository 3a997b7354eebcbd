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
    let counts = left.layout.shapes.indices.map { Double(left.layout.range($0).count) }
    switch self {
    case .hamming: return zip(try left.sums(with: right, Self.signsDiffer), counts).map { $0 / $1 }
    case .l1Distance: return zip(try left.sums(with: right) { abs($0 - $1) }, counts).map { $0 / $1 }
    case .meanSquaredError:
      return zip(try left.sums(with: right) { ($0 - $1) * ($0 - $1) }, counts).map { $0 / $1 }
    case .cosine:
      let products = try left.sums(with: right) { $0 * $1 }
      return zip(products, zip(try left.norms(), try right.norms())).map { $0 / ($1.0 * $1.1) }
    case .divergence:
      return try left.layout.shapes.indices.map { layer in
        let x = try left.matrix(layer).reshaped([-1]).logSoftmax(dimension: 0)
        let y = try right.matrix(layer).reshaped([-1]).logSoftmax(dimension: 0)
        return try x.applying("exp").multiplied(by: x.subtracting(y)).sum().item()
      }
    default:
      return try left.sums(with: right) { ($0 - $1) * ($0 - $1) }.map { $0.squareRoot() }
    }
  }
}

extension FlatTensor {
  /// Sums over each layer of a function of the elements at the same places of two tensors, in double precision.
  @inline(__always)
  func sums(
    with other: FlatTensor, _ function: (Double, Double) -> Double
  ) throws -> [Double] {
    @inline(__always)
    func sums<Left: FlatElement, Right: FlatElement>(
      _ left: UnsafeBufferPointer<Left>, _ right: UnsafeBufferPointer<Right>
    ) -> [Double] {
      layout.shapes.indices.map { layer in
        let range = layout.range(layer)
        return sumInLanes(.init(rebasing: left[range]), .init(rebasing: right[range]), function)
      }
    }
    return try read(
      { left in try other.read({ sums(left, $0) }, { sums(left, $0) }) },
      { left in try other.read({ sums(left, $0) }, { sums(left, $0) }) })
  }
}
