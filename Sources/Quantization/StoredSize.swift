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
    var sources: [String: Node] = [:]
    for node in model.graph.nodes { for output in node.outputs { sources[output] = node } }
    /// Constants that a value is computed from.
    func origins(of value: String) -> [String] {
      if model.graph.initializers[value] != nil { return [value] }
      guard let node = sources[value], !model.graph.inputs.contains(where: { $0.name == value }) else {
        return []
      }
      return node.inputs.flatMap { $0.isEmpty ? [] : origins(of: $0) }
    }
    /// The integers of a weight that a value is unpacked from; nil for biases and activations.
    func weight(behind value: String) -> String? {
      var name = value
      while let node = sources[name], node.operatorType != "QuantizeLinear", let first = node.inputs.first {
        name = first
      }
      return model.graph.initializers[name].flatMap { $0.shape.count > 1 ? name : nil }
    }
    for node in model.graph.nodes {
      switch node.operatorType {
      case "DequantizeLinear":
        grids.formUnion(node.inputs.dropFirst().flatMap(origins))
        if let source = node.inputs.first.flatMap({ weight(behind: $0) }) { weights.insert(source) }
      case "QuantizeLinear": grids.formUnion(node.inputs.dropFirst().flatMap(origins))
      default: continue
      }
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
