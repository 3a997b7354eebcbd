/// An operation that joins two tensors.
///
/// Tensors of one shape in all layers are joined as ``definition`` says; otherwise each is reduced to its mean first, and
/// the result is a number.
public enum BinaryPrimitive: String, CaseIterable, Codable, Sendable {
  case sum = "add"
  case difference = "sub"
  case product = "mul"
  case matrixProduct = "matmul"
  case quotient = "div"
  case greatest = "max"
  case least = "min"
  case lesser
  case greater
  case equal
  case hamming = "hamming_distance"
  case divergence = "kl_divergence"
  case cosine = "cosine_similarity"
  case euclidean = "euclidean_distance"
  case l1Distance = "l1_distance"
  case meanSquaredError = "mse"

  /// What becomes of two operands of one shape.
  public var shape: ShapeRule {
    switch self {
    case .matrixProduct: .rowPairs
    case .hamming, .divergence, .cosine, .euclidean, .l1Distance, .meanSquaredError: .number
    default: .same
    }
  }

  /// Whether operands may change places.
  public var isCommutative: Bool {
    switch self {
    case .difference, .matrixProduct, .quotient, .lesser, .greater, .divergence: false
    default: true
    }
  }
}
