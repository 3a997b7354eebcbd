import Torch

/// The tensors of all layers in one buffer, so that an operation element by element is one call.
public struct FlatTensor: Sendable {
  /// How the layers lie in it.
  public let layout: TensorLayout
  /// [elements of all layers], float32 or float64.
  public let data: Tensor

  /// Makes tensors of elements that lie as a layout says.
  ///
  /// - Throws: ``InvalidScore/shape`` where there are more or fewer, or they are no floating-point numbers.
  public init(layout: TensorLayout, data: Tensor) throws {
    guard data.count == layout.count, [.float32, .float64].contains(data.elementType) else {
      throw InvalidScore.shape
    }
    self.layout = layout
    self.data = data
  }

  /// Joins the tensors of layers; in double precision where any of them is.
  init(_ tensors: [Tensor]) throws {
    let isDouble = tensors.contains { $0.elementType == .float64 }
    layout = TensorLayout(shapes: tensors.map(\.shape))
    data = try Tensor.concatenated(
      tensors.map { try $0.converted(to: isDouble ? .float64 : .float32).reshaped([-1]) }, dimension: 0)
  }

  /// The memory that it takes.
  var byteCount: Int { layout.count * data.elementType.byteCount }

  /// The tensor of a layer as a matrix [rows, columns] in double precision.
  public func matrix(_ layer: Int) throws -> Tensor {
    let range = layout.range(layer)
    return try data.sliced(dimension: 0, from: range.lowerBound, to: range.upperBound)
      .converted(to: .float64).reshaped([layout.rows(layer), layout.columns(layer)])
  }

  /// Calls one of two functions, which are the same but for the type of elements.
  @inline(__always)
  func read<Result>(
    _ float: (UnsafeBufferPointer<Float>) throws -> Result,
    _ double: (UnsafeBufferPointer<Double>) throws -> Result
  ) throws -> Result {
    data.elementType == .float64 ? try data.withDoubles(double) : try data.withFloats(float)
  }

  /// Σx and Σ|x| of each layer.
  public func sums() throws -> [(sum: Double, absolute: Double)] {
    try read(
      { all in layers.map { Float.sums(.init(rebasing: all[$0])) } },
      { all in layers.map { Double.sums(.init(rebasing: all[$0])) } })
  }

  /// Moments of each layer.
  public func moments() throws -> [ElementMoments] {
    try read(
      { all in layers.map { Float.moments(.init(rebasing: all[$0])) } },
      { all in layers.map { Double.moments(.init(rebasing: all[$0])) } })
  }

  /// Powers of the elements of each layer less one number, summed.
  func centeredPowers(_ centers: [Double]) throws -> [(square: Double, cube: Double, fourth: Double)] {
    try read(
      { all in
        zip(layers, centers).map { Float.centeredPowers(.init(rebasing: all[$0]), center: $1) }
      },
      { all in
        zip(layers, centers).map { Double.centeredPowers(.init(rebasing: all[$0]), center: $1) }
      })
  }

  /// Sums over each layer of the elements at the same places of two tensors of one layout.
  ///
  /// - Throws: ``InvalidScore/shape`` where the layouts differ.
  public func pairs(with other: FlatTensor) throws -> [ElementPairs] {
    guard other.layout == layout else { throw InvalidScore.shape }
    let isDouble = data.elementType == .float64 || other.data.elementType == .float64
    let type = isDouble ? ElementType.float64 : .float32
    let (x, y) = (try data.converted(to: type), try other.data.converted(to: type))
    guard isDouble else {
      return try x.withFloats { x in
        try y.withFloats { y in
          layers.map { Float.pairs(.init(rebasing: x[$0]), .init(rebasing: y[$0])) }
        }
      }
    }
    return try x.withDoubles { x in
      try y.withDoubles { y in layers.map { Double.pairs(.init(rebasing: x[$0]), .init(rebasing: y[$0])) } }
    }
  }

  private var layers: [Range<Int>] { layout.shapes.indices.map { layout.range($0) } }

  /// The elements of each layer less one number of its own, times another.
  ///
  /// In double precision until the end, as what is left after the subtraction may be far smaller.
  public func scaled(by factors: [Double], subtracting shifts: [Double]) throws -> Tensor {
    let (factors, shifts) = (
      try factors.checked(count: layout.layerCount), try shifts.checked(count: layout.layerCount)
    )
    func fill<Element: SummableElement>(
      _ source: UnsafeBufferPointer<Element>, _ target: UnsafeMutableBufferPointer<Element>
    ) {
      for layer in layout.shapes.indices {
        let (factor, shift) = (factors[layer], shifts[layer])
        for position in layout.range(layer) {
          target[position] = Element((Double(source[position]) - shift) * factor)
        }
      }
    }
    return try read(
      { source in try Tensor(floatCount: layout.count) { fill(source, $0) } },
      { source in try Tensor(doubleCount: layout.count) { fill(source, $0) } })
  }
}
