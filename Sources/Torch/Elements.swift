import CTorch

extension Tensor {
  /// Calls `body` with the elements of a contiguous float32 tensor, which it may read while it runs.
  ///
  /// - Throws: ``TorchError`` where the tensor has other elements or is not laid out row by row.
  public func withFloats<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) throws -> Result {
    try withElements(.float32, body)
  }

  /// Calls `body` with the elements of a contiguous float64 tensor, which it may read while it runs.
  ///
  /// - Throws: ``TorchError`` where the tensor has other elements or is not laid out row by row.
  public func withDoubles<Result>(_ body: (UnsafeBufferPointer<Double>) throws -> Result) throws -> Result {
    try withElements(.float64, body)
  }

  /// Makes a float32 tensor of rank 1 whose elements `fill` writes, all of them.
  public init(floatCount count: Int, fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) throws {
    self = try Self.filled(count, .float32, fill)
  }

  /// Makes a float64 tensor of rank 1 whose elements `fill` writes, all of them.
  public init(doubleCount count: Int, fill: (UnsafeMutableBufferPointer<Double>) throws -> Void) throws {
    self = try Self.filled(count, .float64, fill)
  }

  private func withElements<Element, Result>(
    _ type: ElementType, _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) throws -> Result {
    guard elementType == type, let elements = ct_elements(handle) else {
      throw TorchError(operation: "elements", reason: "the tensor's elements are not \(type) row by row")
    }
    return try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: elements.assumingMemoryBound(to: Element.self), count: count))
    }
  }

  private static func filled<Element>(
    _ count: Int, _ type: ElementType, _ fill: (UnsafeMutableBufferPointer<Element>) throws -> Void
  ) throws -> Tensor {
    let made = try single("aten::empty", overload: "memory_format", [.ints([count]), .int(type.rawValue)])
    guard let elements = ct_elements(made.handle) else { throw TorchError.last("empty") }
    // Nobody else has seen the tensor yet.
    try fill(UnsafeMutableBufferPointer(start: elements.assumingMemoryBound(to: Element.self), count: count))
    return made
  }
}
