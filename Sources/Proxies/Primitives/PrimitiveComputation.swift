import Torch

/// What a unary operation computes on the tensors of all layers, and what becomes of their shape.
///
/// Operands are never changed. Results that are tensors have as many elements as the shape rule says, layer by layer.
public enum UnaryComputation: Sendable {
  /// The same shape, each element of one element alone: of all layers' elements in one tensor.
  case elementwise(@Sendable (Tensor) throws -> Tensor)
  /// The same shape, with what a whole layer's tensor is: elements of all layers.
  case layerwise(@Sendable (FlatTensor) throws -> Tensor)
  /// A number for each row: elements of all layers.
  case rows(@Sendable (FlatTensor) throws -> Tensor)
  /// A number for each pair of rows: elements of all layers.
  case rowPairs(@Sendable (FlatTensor) throws -> Tensor)
  /// A number for each layer.
  case numbers(@Sendable (FlatTensor) throws -> [Double])
  /// A number for each layer that follows from sums over its elements, which are taken once for many operations.
  case moments(@Sendable (_ moments: ElementMoments, _ count: Double) -> Double)

  /// What becomes of the shape.
  public var shape: ShapeRule {
    switch self {
    case .elementwise, .layerwise: .same
    case .rows: .rows
    case .rowPairs: .rowPairs
    case .numbers, .moments: .number
    }
  }
}

/// How the mean of a unary operation's result in each layer is found, with the mean magnitude of what it is taken of:
/// a mean that is far smaller is rounding.
public enum UnaryMean: Sendable {
  /// From the result.
  case ofResult
  /// From sums over the operand's elements.
  case ofMoments(
    @Sendable (_ moments: ElementMoments, _ count: Double) -> (mean: Double, magnitude: Double))
  /// As that of X Xᵀ, from sums of the operand's columns.
  case ofRowProducts
}

/// What a binary operation computes on tensors of one shape, and what becomes of it.
public enum BinaryComputation: Sendable {
  /// The same shape, each element of two elements alone: of all layers' elements.
  case elementwise(@Sendable (Tensor, Tensor) throws -> Tensor)
  /// A number for each pair of rows: elements of all layers.
  case rowPairs(@Sendable (FlatTensor, FlatTensor) throws -> Tensor)
  /// A number for each layer.
  case numbers(@Sendable (FlatTensor, FlatTensor) throws -> [Double])
  /// A number for each layer that follows from sums over its elements.
  case pairs(@Sendable (_ sums: ElementPairs, _ count: Double) -> Double)

  /// What becomes of the shape.
  public var shape: ShapeRule {
    switch self {
    case .elementwise: .same
    case .rowPairs: .rowPairs
    case .numbers, .pairs: .number
    }
  }
}

/// How the mean of a binary operation's result in each layer is found, with the mean magnitude of what it is taken of.
public enum BinaryMean: Sendable {
  /// From the result.
  case ofResult
  /// As the left operand's mean and a multiple of the right one's, whatever their shapes are.
  case ofMeans(rightFactor: Double)
  /// From sums over elements at the same places.
  case ofPairs(@Sendable (_ sums: ElementPairs, _ count: Double) -> (mean: Double, magnitude: Double))
  /// As that of X Yᵀ, from sums of the operands' columns.
  case ofRowProducts
}
