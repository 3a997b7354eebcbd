import Foundation

/// A constant tensor as it lies in a file.
public struct TensorValue: Sendable, Equatable {
  /// The type of the elements.
  public var dataType: DataType
  /// The size of each dimension.
  public var shape: [Int]
  /// The elements in row-major order, little-endian; integers of less than 8 bits share bytes, the first in the lowest bits.
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

  /// Makes a tensor of integers that share bytes; values are cut to their width.
  ///
  /// - Parameters:
  ///   - values: the integers, in row-major order.
  ///   - width: 2 or 4 bits.
  ///   - signed: whether the type has negative numbers.
  ///   - shape: the sizes of the dimensions.
  public init(packed values: [Int], width: PackedWidth, signed: Bool, shape: [Int]) {
    let (bits, perByte) = (width.rawValue, 8 / width.rawValue)
    let mask = UInt8(1 << bits - 1)
    var bytes = [UInt8](repeating: 0, count: (values.count + perByte - 1) / perByte)
    for (index, value) in values.enumerated() {
      bytes[index / perByte] |= (UInt8(truncatingIfNeeded: value) & mask) << (bits * (index % perByte))
    }
    let type: DataType =
      switch width {
      case .two: signed ? .int2 : .uint2
      case .four: signed ? .int4 : .uint4
      }
    self.init(dataType: type, shape: shape, bytes: Data(bytes))
  }

  /// Bits of an integer that shares a byte with others.
  public enum PackedWidth: Int, Sendable {
    /// Four a byte.
    case two = 2
    /// Two a byte.
    case four = 4
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
    case .uint2: return packed(2, signed: false)
    case .int2: return packed(2, signed: true)
    case .uint4: return packed(4, signed: false)
    case .int4: return packed(4, signed: true)
    case .float, .double, .float16, .bfloat16, .string:
      throw ONNXError("a tensor of type \(dataType) where integers are needed")
    }
  }

  private func packed(_ bits: Int, signed: Bool) -> [Int] {
    let (perByte, mask, half) = (8 / bits, UInt8(1 << bits - 1), 1 << (bits - 1))
    return (0..<min(count, bytes.count * perByte)).map { index in
      let byte = bytes[bytes.startIndex + index / perByte]
      let value = Int(byte >> (bits * (index % perByte)) & mask)
      return signed && value >= half ? value - 2 * half : value
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
