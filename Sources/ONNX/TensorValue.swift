import Foundation

/// A constant tensor as it lies in a file.
public struct TensorValue: Sendable, Equatable {
  /// The type of the elements.
  public var dataType: DataType
  /// The size of each dimension.
  public var shape: [Int]
  /// The elements in row-major order, little-endian; 4-bit integers two a byte, the first in the low half.
  public var bytes: Data

  /// Makes a tensor of raw bytes.
  public init(dataType: DataType, shape: [Int], bytes: Data) {
    self.dataType = dataType
    self.shape = shape
    self.bytes = bytes
  }

  /// Makes a float32 tensor.
  public init(_ values: [Float], shape: [Int]) {
    self.init(dataType: .float, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
  }

  /// Makes an int64 tensor.
  public init(_ values: [Int64], shape: [Int]) {
    self.init(dataType: .int64, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
  }

  /// Makes a tensor of 8-bit integers; values are cut to 8 bits.
  public init(bytes values: [Int], signed: Bool, shape: [Int]) {
    self.init(
      dataType: signed ? .int8 : .uint8, shape: shape,
      bytes: Data(values.map { UInt8(truncatingIfNeeded: $0) }))
  }

  /// Makes a tensor of 4-bit integers; values are cut to 4 bits.
  public init(nibbles values: [Int], signed: Bool, shape: [Int]) {
    var bytes = Data(count: (values.count + 1) / 2)
    for (index, value) in values.enumerated() {
      let nibble = UInt8(truncatingIfNeeded: value) & 0xF
      bytes[index / 2] |= index % 2 == 0 ? nibble : nibble << 4
    }
    self.init(dataType: signed ? .int4 : .uint4, shape: shape, bytes: bytes)
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  private func elements<Element>(_ type: Element.Type) -> [Element] {
    bytes.withUnsafeBytes { raw in
      (0..<min(count, raw.count / MemoryLayout<Element>.size)).map {
        raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self)
      }
    }
  }

  /// The elements of a floating-point tensor as double-precision numbers.
  public func doubles() throws -> [Double] {
    switch dataType {
    case .float: elements(Float.self).map(Double.init)
    case .double: elements(Double.self)
    case .float16: elements(UInt16.self).map { Double(Self.half($0)) }
    case .bfloat16: elements(UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
    default: try integers().map(Double.init)
    }
  }

  /// The elements as single-precision numbers.
  public func floats() throws -> [Float] {
    dataType == .float ? elements(Float.self) : try doubles().map { Float($0) }
  }

  /// The elements of an integer tensor.
  ///
  /// - Throws: ``ONNXError`` where the elements are not integers.
  public func integers() throws -> [Int] {
    switch dataType {
    case .uint8, .bool: return elements(UInt8.self).map(Int.init)
    case .int8: return elements(Int8.self).map(Int.init)
    case .uint16: return elements(UInt16.self).map(Int.init)
    case .int16: return elements(Int16.self).map(Int.init)
    case .int32: return elements(Int32.self).map(Int.init)
    case .uint32: return elements(UInt32.self).map(Int.init)
    case .int64: return elements(Int64.self).map(Int.init)
    case .uint64: return elements(UInt64.self).map { Int(clamping: $0) }
    case .uint4, .int4:
      return (0..<count).map { index in
        let byte = bytes[bytes.startIndex + index / 2]
        let nibble = Int(index % 2 == 0 ? byte & 0xF : byte >> 4)
        return dataType == .int4 && nibble > 7 ? nibble - 16 : nibble
      }
    case .float, .double, .float16, .bfloat16, .string:
      throw ONNXError("a tensor of type \(dataType) where integers are needed")
    }
  }

  /// The number that 16 bits of IEEE half precision stand for.
  private static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1 + fraction * 0x1p-10) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
