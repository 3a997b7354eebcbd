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

/// A type of elements that sums are taken over in double precision, the same on every processor.
public protocol SummableElement: BinaryFloatingPoint, Sendable {
  /// Σx and Σ|x|.
  static func sums(_ x: UnsafeBufferPointer<Self>) -> (sum: Double, absolute: Double)
  /// Moments of elements.
  static func moments(_ x: UnsafeBufferPointer<Self>) -> ElementMoments
  /// Second, third and fourth powers of x − center, summed.
  static func centeredPowers(
    _ x: UnsafeBufferPointer<Self>, center: Double
  ) -> (square: Double, cube: Double, fourth: Double)
  /// Sums over the elements at the same places of two buffers of one length.
  static func pairs(_ x: UnsafeBufferPointer<Self>, _ y: UnsafeBufferPointer<Self>) -> ElementPairs
}

/// Moments of elements about zero, and their extremes.
public struct ElementMoments: Sendable {
  /// Σx.
  public let sum: Double
  /// Σ|x|.
  public let absolute: Double
  /// Σx².
  public let square: Double
  /// Σx³.
  public let cube: Double
  /// Σ|x|³.
  public let absoluteCube: Double
  /// How many are above 0; NaN where any element is, as are the following.
  public let positives: Double
  /// How many are below 0.
  public let negatives: Double
  /// The least.
  public let minimum: Double
  /// The greatest.
  public let maximum: Double

  init(_ fill: (UnsafeMutablePointer<Double>) -> Void) {
    (sum, absolute, square, cube, absoluteCube, positives, negatives, minimum, maximum) =
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 9) { numbers in
        numbers.initialize(repeating: .nan)
        if let start = numbers.baseAddress { fill(start) }
        return (
          numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7],
          numbers[8]
        )
      }
  }
}

/// Sums over the elements at the same places of two buffers.
public struct ElementPairs: Sendable {
  /// Σxy.
  public let product: Double
  /// Σ|xy|.
  public let absoluteProduct: Double
  /// Σ(x − y)².
  public let squaredDifference: Double
  /// Σ|x − y|.
  public let absoluteDifference: Double
  /// At how many places signs differ, 0 having a sign of its own; NaN where any element is.
  public let differingSigns: Double

  init(_ fill: (UnsafeMutablePointer<Double>) -> Void) {
    (product, absoluteProduct, squaredDifference, absoluteDifference, differingSigns) =
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 5) { numbers in
        numbers.initialize(repeating: .nan)
        if let start = numbers.baseAddress { fill(start) }
        return (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
      }
  }
}

/// Calls a function that writes three numbers.
private func three(_ fill: (UnsafeMutablePointer<Double>) -> Void) -> (Double, Double, Double) {
  withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { numbers in
    numbers.initialize(repeating: .nan)
    if let start = numbers.baseAddress { fill(start) }
    return (numbers[0], numbers[1], numbers[2])
  }
}

extension Float: SummableElement {
  /// Σx and Σ|x|.
  public static func sums(_ x: UnsafeBufferPointer<Float>) -> (sum: Double, absolute: Double) {
    let (sum, absolute, _) = three { ct_sums_float32(x.baseAddress, Int64(x.count), $0) }
    return (sum, absolute)
  }

  /// Moments of elements.
  public static func moments(_ x: UnsafeBufferPointer<Float>) -> ElementMoments {
    ElementMoments { ct_moments_float32(x.baseAddress, Int64(x.count), $0) }
  }

  /// Second, third and fourth powers of x − center, summed.
  public static func centeredPowers(
    _ x: UnsafeBufferPointer<Float>, center: Double
  ) -> (square: Double, cube: Double, fourth: Double) {
    three { ct_centered_float32(x.baseAddress, Int64(x.count), center, $0) }
  }

  /// Sums over the elements at the same places of two buffers of one length.
  public static func pairs(
    _ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>
  ) -> ElementPairs {
    ElementPairs { ct_pairs_float32(x.baseAddress, y.baseAddress, Int64(min(x.count, y.count)), $0) }
  }
}

extension Double: SummableElement {
  /// Σx and Σ|x|.
  public static func sums(_ x: UnsafeBufferPointer<Double>) -> (sum: Double, absolute: Double) {
    let (sum, absolute, _) = three { ct_sums_float64(x.baseAddress, Int64(x.count), $0) }
    return (sum, absolute)
  }

  /// Moments of elements.
  public static func moments(_ x: UnsafeBufferPointer<Double>) -> ElementMoments {
    ElementMoments { ct_moments_float64(x.baseAddress, Int64(x.count), $0) }
  }

  /// Second, third and fourth powers of x − center, summed.
  public static func centeredPowers(
    _ x: UnsafeBufferPointer<Double>, center: Double
  ) -> (square: Double, cube: Double, fourth: Double) {
    three { ct_centered_float64(x.baseAddress, Int64(x.count), center, $0) }
  }

  /// Sums over the elements at the same places of two buffers of one length.
  public static func pairs(
    _ x: UnsafeBufferPointer<Double>, _ y: UnsafeBufferPointer<Double>
  ) -> ElementPairs {
    ElementPairs { ct_pairs_float64(x.baseAddress, y.baseAddress, Int64(min(x.count, y.count)), $0) }
  }
}
