import CTorch
import Foundation

/// An array of numbers of any rank, held by libtorch.
///
/// Tensors are values by convention: no operation of this module changes one, so they may be shared between
/// threads. The memory is given back when the last copy goes.
///
///     let x = try Tensor([1, -2, 3, -4], shape: [2, 2])
///     let y = try x.relu().sum().item()  // 4
public struct Tensor: Sendable {
  let storage: TensorHandle

  init(owning handle: ct_handle) {
    storage = TensorHandle(handle)
  }

  var handle: ct_handle { storage.handle }

  /// Makes a float32 tensor of `shape` from values in row-major order.
  public init(_ values: [Float], shape: [Int]) throws {
    self = try values.withUnsafeBytes { try Self.make($0, shape, .float32) }
  }

  /// Makes a float64 tensor of `shape` from values in row-major order.
  public init(_ values: [Double], shape: [Int]) throws {
    self = try values.withUnsafeBytes { try Self.make($0, shape, .float64) }
  }

  /// Makes an int64 tensor of `shape` from values in row-major order.
  public init(_ values: [Int64], shape: [Int]) throws {
    self = try values.withUnsafeBytes { try Self.make($0, shape, .int64) }
  }

  /// Makes a tensor of `shape` and `elementType` from raw little-endian bytes in row-major order.
  public init(_ bytes: Data, shape: [Int], elementType: ElementType) throws {
    self = try bytes.withUnsafeBytes { try Self.make($0, shape, elementType) }
  }

  private static func make(
    _ bytes: UnsafeRawBufferPointer, _ shape: [Int], _ elementType: ElementType
  ) throws -> Tensor {
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw TorchError(operation: "tensor", reason: "the shape \(shape) has a negative size")
    }
    var result: ct_handle?
    let sizes = shape.map { Int64($0) }
    let status = ct_from_bytes(
      bytes.baseAddress, bytes.count, sizes, sizes.count, Int32(elementType.rawValue), &result)
    guard status == 0, let result else { throw TorchError.last("tensor") }
    return Tensor(owning: result)
  }

  /// Makes a tensor of `shape` with one value everywhere.
  public static func full(
    _ value: Double, shape: [Int], elementType: ElementType = .float32
  ) throws -> Tensor {
    try single("aten::full", [.ints(shape), .double(value), .int(elementType.rawValue)])
  }

  /// Makes a tensor of rank 0.
  public static func scalar(_ value: Double, elementType: ElementType = .float32) throws -> Tensor {
    try full(value, shape: [], elementType: elementType)
  }

  /// The size of each dimension.
  public var shape: [Int] {
    (0..<ct_rank(handle)).map { Int(ct_size(handle, $0)) }
  }

  /// The number of dimensions.
  public var rank: Int { Int(ct_rank(handle)) }

  /// The number of elements.
  public var count: Int { Int(ct_element_count(handle)) }

  /// The type of the elements; float32 stands for types that this module does not know.
  public var elementType: ElementType {
    ElementType(rawValue: Int(ct_scalar_type(handle))) ?? .float32
  }

  /// The elements as they are, in row-major order.
  public func bytes() throws -> Data {
    // Elements that were repeated without memory get such here, or are refused, before memory is taken for the copy.
    let source = try contiguous()
    var data = Data(count: count * elementType.byteCount)
    let status = data.withUnsafeMutableBytes { ct_copy_bytes(source.handle, $0.baseAddress, $0.count) }
    guard status == 0 else { throw TorchError.last("copy") }
    return data
  }

  private func elements<Element>(as type: ElementType, zero: Element) throws -> [Element] {
    let source = try converted(to: type).contiguous()
    var values = [Element](repeating: zero, count: count)
    let status = values.withUnsafeMutableBytes { ct_copy_bytes(source.handle, $0.baseAddress, $0.count) }
    guard status == 0 else { throw TorchError.last("copy") }
    return values
  }

  /// The elements as single-precision numbers, in row-major order.
  public func floats() throws -> [Float] { try elements(as: .float32, zero: 0) }

  /// The elements as double-precision numbers, in row-major order.
  public func doubles() throws -> [Double] { try elements(as: .float64, zero: 0) }

  /// The elements as integers, in row-major order; fractions are cut off.
  public func integers() throws -> [Int64] { try elements(as: .int64, zero: 0) }

  /// The one element of a tensor that has just one.
  public func item() throws -> Double {
    guard count == 1 else {
      throw TorchError(operation: "item", reason: "a tensor of shape \(shape) is not a single number")
    }
    return try doubles()[0]
  }
}

/// The owner of a libtorch handle.
///
/// libtorch counts references atomically and tensors are not changed after they are made, so handles may
/// cross threads.
final class TensorHandle: @unchecked Sendable {
  let handle: ct_handle

  init(_ handle: ct_handle) { self.handle = handle }

  deinit { ct_release(handle) }
}

extension Tensor {
  /// How many tensors of this module are alive in this process; for finding leaks.
  public static var liveCount: Int { Int(ct_live_handles()) }
}
