import Torch

/// An operation that joins two tensors.
///
/// Tensors of one shape are joined element by element; otherwise each is reduced to its mean first, and the
/// result is a number.
public enum BinaryPrimitive: String, CaseIterable, Codable, Sendable {
  /// x + y.
  case sum = "add"
  /// x − y.
  case difference = "sub"
  /// x · y.
  case product = "mul"
  /// X Yᵀ of tensors of one shape as matrices [first dimension, the rest]; of others the product of means.
  case matrixProduct = "matmul"

  /// The result on two tensors.
  func apply(_ left: Tensor, _ right: Tensor) throws -> Tensor {
    guard left.shape == right.shape else {
      let numbers = try (left.mean(), right.mean())
      switch self {
      case .sum: return try numbers.0.adding(numbers.1)
      case .difference: return try numbers.0.subtracting(numbers.1)
      case .product, .matrixProduct: return try numbers.0.multiplied(by: numbers.1)
      }
    }
    switch self {
    case .sum: return try left.adding(right)
    case .difference: return try left.subtracting(right)
    case .product: return try left.multiplied(by: right)
    case .matrixProduct:
      guard left.rank > 0 else { return try left.multiplied(by: right) }
      // Types may differ where one statistic leaves the range of single precision.
      let type = left.elementType == .float64 ? ElementType.float64 : right.elementType
      let rows = left.shape[0]
      let x = try left.converted(to: type).contiguous().reshaped([rows, -1])
      let y = try right.converted(to: type).contiguous().reshaped([rows, -1]).permuted([1, 0])
      return try Tensor.single("aten::mm", [.tensor(x), .tensor(y)])
    }
  }
}
