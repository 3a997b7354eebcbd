import Torch

/// The tensors of all layers in one buffer, so that an operation element by element is one call.
struct FlatTensor: Sendable {
  let layout: TensorLayout
  /// [elements of all layers], float32 or float64.
  let data: Tensor

  init(layout: TensorLayout, data: Tensor) {
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
  func matrix(_ layer: Int) throws -> Tensor {
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

  /// Numbers that `reduce` makes of each layer's elements.
  @inline(__always)
  func layerNumbers(
    _ float: (UnsafeBufferPointer<Float>, _ layer: Int) -> Double,
    _ double: (UnsafeBufferPointer<Double>, _ layer: Int) -> Double
  ) throws -> [Double] {
    try read(
      { all in layout.shapes.indices.map { float(.init(rebasing: all[layout.range($0)]), $0) } },
      { all in layout.shapes.indices.map { double(.init(rebasing: all[layout.range($0)]), $0) } })
  }

  /// Sums over each layer of a function of the elements, in double precision.
  @inline(__always)
  func sums(_ function: (Double) -> Double) throws -> [Double] {
    try layerNumbers(
      { elements, _ in sumInLanes(elements, function) }, { elements, _ in sumInLanes(elements, function) })
  }

  /// The elements of each layer less one number of its own, times another.
  ///
  /// In double precision until the end, as what is left after the subtraction may be far smaller.
  func scaled(by factors: [Double], subtracting shifts: [Double]) throws -> FlatTensor {
    func fill<Element: FlatElement>(
      _ source: UnsafeBufferPointer<Element>, _ target: UnsafeMutableBufferPointer<Element>
    ) {
      for layer in layout.shapes.indices {
        let (factor, shift) = (factors[layer], shifts[layer])
        for position in layout.range(layer) {
          target[position] = Element((source[position].double - shift) * factor)
        }
      }
    }
    let data = try read(
      { source in try Tensor(floatCount: layout.count) { fill(source, $0) } },
      { source in try Tensor(doubleCount: layout.count) { fill(source, $0) } })
    return FlatTensor(layout: layout, data: data)
  }
}

/// A type of elements that sums are taken over in double precision.
protocol FlatElement: BinaryFloatingPoint, Sendable {
  var double: Double { get }
}

extension Float: FlatElement {
  @inline(__always) var double: Double { Double(self) }
}

extension Double: FlatElement {
  @inline(__always) var double: Double { self }
}

/// The sum of a function of the elements in eight lanes, which a processor adds side by side.
@inline(__always)
func sumInLanes<Element: FlatElement>(
  _ elements: UnsafeBufferPointer<Element>, _ function: (Double) -> Double
) -> Double {
  var (a, b, c, d, e, f, g, h) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
  var position = 0
  while position + 8 <= elements.count {
    a += function(elements[position].double)
    b += function(elements[position + 1].double)
    c += function(elements[position + 2].double)
    d += function(elements[position + 3].double)
    e += function(elements[position + 4].double)
    f += function(elements[position + 5].double)
    g += function(elements[position + 6].double)
    h += function(elements[position + 7].double)
    position += 8
  }
  while position < elements.count {
    a += function(elements[position].double)
    position += 1
  }
  return ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// The sum of a function of the elements at the same places of two buffers, in eight lanes.
@inline(__always)
func sumInLanes<Left: FlatElement, Right: FlatElement>(
  _ left: UnsafeBufferPointer<Left>, _ right: UnsafeBufferPointer<Right>,
  _ function: (Double, Double) -> Double
) -> Double {
  var (a, b, c, d, e, f, g, h) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
  var position = 0
  while position + 8 <= left.count {
    a += function(left[position].double, right[position].double)
    b += function(left[position + 1].double, right[position + 1].double)
    c += function(left[position + 2].double, right[position + 2].double)
    d += function(left[position + 3].double, right[position + 3].double)
    e += function(left[position + 4].double, right[position + 4].double)
    f += function(left[position + 5].double, right[position + 5].double)
    g += function(left[position + 6].double, right[position + 6].double)
    h += function(left[position + 7].double, right[position + 7].double)
    position += 8
  }
  while position < left.count {
    a += function(left[position].double, right[position].double)
    position += 1
  }
  return ((a + e) + (c + g)) + ((b + f) + (d + h))
}
