/// How the tensors of all layers lie in one buffer, one after the other.
public struct TensorLayout: Equatable, Sendable {
  /// The shape of each layer's tensor.
  public let shapes: [[Int]]
  /// Where each layer begins, and at last where all end.
  public let offsets: [Int]

  /// The layout of tensors of shapes.
  public init(shapes: [[Int]]) {
    self.shapes = shapes
    var offsets = [0]
    for shape in shapes { offsets.append((offsets.last ?? 0) + shape.reduce(1, *)) }
    self.offsets = offsets
  }

  /// The number of layers.
  public var layerCount: Int { shapes.count }
  /// Elements of all layers.
  public var count: Int { offsets.last ?? 0 }

  /// The elements of a layer.
  public func range(_ layer: Int) -> Range<Int> { offsets[layer]..<offsets[layer + 1] }

  /// Elements of each layer.
  public var counts: [Double] { shapes.indices.map { Double(range($0).count) } }

  /// The size of a layer's first dimension; 1 of a number.
  public func rows(_ layer: Int) -> Int { shapes[layer].first ?? 1 }

  /// Elements of a row.
  public func columns(_ layer: Int) -> Int { range(layer).count / max(1, rows(layer)) }

  /// The layout with one number for each row.
  public var ofRows: TensorLayout { TensorLayout(shapes: shapes.indices.map { [rows($0)] }) }

  /// The layout with one number for each pair of rows.
  public var ofRowPairs: TensorLayout { TensorLayout(shapes: shapes.indices.map { [rows($0), rows($0)] }) }
}
