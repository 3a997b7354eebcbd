/// The type of a tensor's elements; raw values are ATen's scalar types.
public enum ElementType: Int, Sendable, CaseIterable {
  /// Unsigned 8-bit integers.
  case uint8 = 0
  /// Signed 8-bit integers.
  case int8 = 1
  /// Signed 16-bit integers.
  case int16 = 2
  /// Signed 32-bit integers.
  case int32 = 3
  /// Signed 64-bit integers.
  case int64 = 4
  /// IEEE half precision.
  case float16 = 5
  /// IEEE single precision.
  case float32 = 6
  /// IEEE double precision.
  case float64 = 7
  /// Truth values, a byte each.
  case bool = 11

  /// Bytes that an element takes.
  public var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .int16, .float16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  /// Whether elements are floating-point numbers.
  public var isFloatingPoint: Bool {
    self == .float16 || self == .float32 || self == .float64
  }
}
