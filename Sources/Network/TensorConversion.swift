import Foundation
import ONNX
import Torch

extension TensorValue {
  /// The same numbers as a tensor; integers of 2 and 4 bits become int8 or uint8.
  package func tensor() throws -> Tensor {
    switch dataType {
    case .float: try Tensor(bytes, shape: shape, elementType: .float32)
    case .double: try Tensor(bytes, shape: shape, elementType: .float64)
    case .float16: try Tensor(bytes, shape: shape, elementType: .float16).converted(to: .float32)
    case .uint8: try Tensor(bytes, shape: shape, elementType: .uint8)
    case .int8: try Tensor(bytes, shape: shape, elementType: .int8)
    case .int16: try Tensor(bytes, shape: shape, elementType: .int16)
    case .int32: try Tensor(bytes, shape: shape, elementType: .int32)
    case .int64: try Tensor(bytes, shape: shape, elementType: .int64)
    case .bool: try Tensor(bytes, shape: shape, elementType: .bool)
    case .uint4, .uint2: try Tensor(integers().map { Int64($0) }, shape: shape).converted(to: .uint8)
    case .int4, .int2: try Tensor(integers().map { Int64($0) }, shape: shape).converted(to: .int8)
    case .bfloat16: try Tensor(floats(), shape: shape)
    default: try Tensor(integers().map { Int64($0) }, shape: shape)
    }
  }
}

extension Tensor {
  /// The same numbers for an ONNX graph, as float32 where they are floating-point and int64 otherwise.
  package func tensorValue() throws -> TensorValue {
    elementType.isFloatingPoint
      ? TensorValue(try floats(), shape: shape) : TensorValue(try integers(), shape: shape)
  }
}

extension DataType {
  /// The element type that values of this type are computed in.
  var elementType: ElementType? {
    switch self {
    case .float, .float16, .bfloat16: .float32
    case .double: .float64
    case .uint8, .uint4, .uint2: .uint8
    case .int8, .int4, .int2: .int8
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .bool: .bool
    default: nil
    }
  }
}
