import ONNX

/// What the bytes of a quantized file are spent on.
public struct StoredSize: Sendable, Equatable {
  /// Integers of weights.
  public let weights: Int
  /// Scales and zero points, of weights and of activations.
  public let grids: Int
  /// Other constants, such as biases.
  public let constants: Int
  /// Nodes, names and metadata.
  public let graph: Int

  /// All of them.
  public var total: Int { weights + grids + constants + graph }

  /// Adds up a model's parts.
  public init(_ model: Model) throws {
    var (weights, grids) = (Set<String>(), Set<String>())
    for node in model.graph.nodes where ["DequantizeLinear", "QuantizeLinear"].contains(node.operatorType) {
      if let value = node.inputs.first, model.graph.initializers[value] != nil { weights.insert(value) }
      grids.formUnion(node.inputs.dropFirst())
    }
    func bytes(_ isCounted: (String) -> Bool) -> Int {
      model.graph.initializers.reduce(0) { $0 + (isCounted($1.key) ? $1.value.bytes.count : 0) }
    }
    self.weights = bytes { weights.contains($0) }
    self.grids = bytes { grids.contains($0) && !weights.contains($0) }
    constants = bytes { !weights.contains($0) && !grids.contains($0) }
    var bare = model
    for name in model.graph.initializers.keys {
      bare.graph.initializers[name]?.bytes = .init()
    }
    graph = try bare.serialized().count
  }
}
