/// The type of a tensor's elements; raw values are those of the ONNX file format.
public enum DataType: Int, Sendable, CaseIterable {
  /// Single precision.
  case float = 1
  /// Unsigned 8-bit integers.
  case uint8 = 2
  /// Signed 8-bit integers.
  case int8 = 3
  /// Unsigned 16-bit integers.
  case uint16 = 4
  /// Signed 16-bit integers.
  case int16 = 5
  /// Signed 32-bit integers.
  case int32 = 6
  /// Signed 64-bit integers.
  case int64 = 7
  /// Texts.
  case string = 8
  /// Truth values, a byte each.
  case bool = 9
  /// Half precision.
  case float16 = 10
  /// Double precision.
  case double = 11
  /// Unsigned 32-bit integers.
  case uint32 = 12
  /// Unsigned 64-bit integers.
  case uint64 = 13
  /// The upper half of single precision.
  case bfloat16 = 16
  /// Unsigned 4-bit integers, two a byte.
  case uint4 = 21
  /// Signed 4-bit integers, two a byte.
  case int4 = 22
  /// Unsigned 2-bit integers, four a byte.
  case uint2 = 25
  /// Signed 2-bit integers, four a byte.
  case int2 = 26

  /// Bits that an element takes; nil for texts.
  public var bitCount: Int? {
    switch self {
    case .uint2, .int2: 2
    case .uint4, .int4: 4
    case .uint8, .int8, .bool: 8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .float, .int32, .uint32: 32
    case .double, .int64, .uint64: 64
    case .string: nil
    }
  }

  /// Bytes that `count` elements take in a file; nil for texts and for more bytes than there can be.
  public func byteCount(of count: Int) -> Int? {
    guard let bitCount, count >= 0 else { return nil }
    let (bits, overflow) = count.multipliedReportingOverflow(by: bitCount)
    return overflow ? nil : bits / 8 + (bits % 8 == 0 ? 0 : 1)
  }
}
