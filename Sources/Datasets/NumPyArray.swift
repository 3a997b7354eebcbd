import Foundation
import Foundations

/// An array of NumPy's `.npy` format, row by row.
///
/// Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>
public struct NumPyArray: Sendable, Equatable {
  /// The type of the elements; raw values are NumPy's.
  public enum ElementType: String, Sendable, CaseIterable {
    /// Unsigned 8-bit integers.
    case uint8 = "|u1"
    /// Signed 8-bit integers.
    case int8 = "|i1"
    /// Signed 32-bit integers.
    case int32 = "<i4"
    /// Signed 64-bit integers.
    case int64 = "<i8"
    /// Single precision.
    case float32 = "<f4"
    /// Double precision.
    case float64 = "<f8"
    /// Half precision.
    case float16 = "<f2"
    /// Signed 16-bit integers.
    case int16 = "<i2"
    /// Unsigned 16-bit integers.
    case uint16 = "<u2"
    /// Unsigned 32-bit integers.
    case uint32 = "<u4"
    /// Unsigned 64-bit integers.
    case uint64 = "<u8"
    /// Truth values, a byte each.
    case bool = "|b1"

    /// The name that NumPy and ONNX call it.
    public var name: String { "\(self)" }

    /// Whether elements are floating-point numbers.
    public var isFloatingPoint: Bool { self == .float16 || self == .float32 || self == .float64 }

    /// Bytes that an element takes.
    public var byteCount: Int {
      switch self {
      case .uint8, .int8, .bool: 1
      case .int16, .uint16, .float16: 2
      case .int32, .uint32, .float32: 4
      case .int64, .uint64, .float64: 8
      }
    }
  }

  /// The type of the elements.
  public let type: ElementType
  /// The size of each dimension.
  public let shape: [Int]
  /// The elements in row-major order, little-endian.
  public let bytes: Data

  init(_ header: NumPyHeader, bytes: Data) {
    self.init(type: header.type, shape: header.shape, bytes: bytes)
  }

  init(type: ElementType, shape: [Int], bytes: Data) {
    (self.type, self.shape, self.bytes) = (type, shape, bytes)
  }

  /// Makes an array of single-precision numbers.
  public init(_ values: [Float], shape: [Int]) {
    (type, self.shape, bytes) = (.float32, shape, values.withUnsafeBytes { Data($0) })
  }

  /// Makes an array of 64-bit integers.
  public init(_ values: [Int64], shape: [Int]) {
    (type, self.shape, bytes) = (.int64, shape, values.withUnsafeBytes { Data($0) })
  }

  private func elements<Element>(_: Element.Type) -> [Element] {
    bytes.withUnsafeBytes { raw in
      (0..<raw.count / MemoryLayout<Element>.size).map {
        raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self)
      }
    }
  }

  /// The elements as integers; nil where they are not.
  public var integers: [Int]? {
    switch type {
    case .uint8: bytes.map(Int.init)
    case .int8: elements(Int8.self).map(Int.init)
    case .int32: elements(Int32.self).map(Int.init)
    case .int64: elements(Int64.self).map(Int.init)
    case .int16: elements(Int16.self).map(Int.init)
    case .uint16: elements(UInt16.self).map(Int.init)
    case .uint32: elements(UInt32.self).map(Int.init)
    case .uint64: elements(UInt64.self).map { Int(clamping: $0) }
    case .bool: bytes.map { $0 == 0 ? 0 : 1 }
    case .float16, .float32, .float64: nil
    }
  }

  /// The elements as floating-point numbers; nil where they are not.
  public var floats: [Float]? {
    switch type {
    case .float32: elements(Float.self)
    case .float64: elements(Double.self).map { Float($0) }
    case .float16: elements(Float16.self).map { Float($0) }
    case .uint8, .int8, .int32, .int64, .int16, .uint16, .uint32, .uint64, .bool: nil
    }
  }

  /// Rows by their positions.
  public func rows(_ positions: [Int]) -> NumPyArray {
    let size = shape.dropFirst().reduce(type.byteCount, *)
    var selected = Data(capacity: size * positions.count)
    for position in positions {
      let start = bytes.startIndex + position * size
      selected += bytes[start..<start + size]
    }
    return NumPyArray(type: type, shape: [positions.count] + shape.dropFirst(), bytes: selected)
  }

  /// The bytes of a `.npy` file.
  var file: Data {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '\(type.rawValue)', 'fortran_order': False, 'shape': (\(sizes)), }"
    // Elements begin at a multiple of 64 bytes.
    header += String(repeating: " ", count: 63 - (header.utf8.count + 10) % 64) + "\n"
    let length = [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8 & 255)]
    return Data(NumPyHeader.magic + [1, 0] + length) + Data(header.utf8) + bytes
  }
}

/// What an `.npy` file says of its elements before they begin.
struct NumPyHeader: Equatable {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  let type: NumPyArray.ElementType
  let shape: [Int]
  /// What the elements take.
  let byteCount: Int

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - name: the array's name, for messages.
  ///   - read: gives the next bytes of the file, as many as asked for or fewer at its end.
  init(name: String, read: (Int) throws -> [UInt8]) throws {
    let start = try read(8)
    guard start.count == 8, Array(start.prefix(6)) == Self.magic else {
      throw DatasetError("\(name): is not a NumPy array")
    }
    let digits = start[6] >= 2 ? 4 : 2
    let length = try read(digits).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    if let excess = FileLimits.arrayHeaderBytes.excess(length) {
      throw DatasetError("\(name): its header \(excess)")
    }
    let bytes = try read(length)
    guard length > 0, bytes.count == length else { throw DatasetError("\(name): is cut short") }
    try self.init(text: String(decoding: bytes, as: UTF8.self), name: name)
  }

  /// Reads the text of a header, a dictionary as Python writes it.
  init(text: String, name: String) throws {
    func field(_ pattern: String) -> Substring? {
      text.range(of: pattern, options: .regularExpression).map { text[$0] }
    }
    guard let typeField = field("'descr': *'[^']*'"), let shapeField = field("'shape': *\\([^)]*\\)") else {
      throw DatasetError("\(name): has a header that names no type and shape: \(text.prefix(80))")
    }
    guard field("'fortran_order': *False") != nil else {
      throw DatasetError("\(name): lies in Fortran order; save np.ascontiguousarray(…) of it")
    }
    let typeName = String(typeField.dropLast().split(separator: "'").last ?? "")
    guard let type = NumPyArray.ElementType(rawValue: typeName) else {
      throw DatasetError(
        "\(name): has elements of type \(typeName); numbers of NumPy's types u1 to u8, i1 to i8, f2 to f8 or b1 are needed"
      )
    }
    self.type = type
    let list = shapeField.drop { $0 != "(" }.dropFirst().dropLast()
    var sizes = list.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    // "(3,)" is a list of one, "()" one of none.
    if sizes.last?.isEmpty ?? false { sizes.removeLast() }
    shape = try sizes.map { text in
      guard let size = Int(text), size >= 0 else {
        throw DatasetError(
          "\(name): has '\(text)' in its shape (\(list)); whole numbers of 0 or more are needed")
      }
      return size
    }
    if let excess = FileLimits.rank.excess(shape.count) { throw DatasetError("\(name): \(excess)") }
    guard let byteCount = checkedProduct(shape + [type.byteCount]) else {
      throw DatasetError("\(name): has the impossible shape \(shape)")
    }
    self.byteCount = byteCount
  }
}
