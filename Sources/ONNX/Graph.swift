import OrderedCollections

/// Nodes and the values that flow between them.
public struct Graph: Sendable {
  /// The name of the graph.
  public var name: String
  /// What is said about the graph.
  public var documentation = ""
  /// What the caller gives; initializers are not among them.
  public var inputs: [ValueInfo]
  /// What the caller gets.
  public var outputs: [ValueInfo]
  /// Constant tensors by the name of their value.
  public var initializers: OrderedDictionary<String, TensorValue>
  /// Nodes, each after those whose values it takes.
  public var nodes: [Node]
  /// What is known of values in between.
  public var valueInfos: [ValueInfo]
  /// Nodes of the file whose values are among the initializers.
  package var constantNodes: [ConstantNode] = []

  /// Makes a graph.
  public init(
    name: String, inputs: [ValueInfo], outputs: [ValueInfo],
    initializers: OrderedDictionary<String, TensorValue> = [:], nodes: [Node] = [],
    valueInfos: [ValueInfo] = []
  ) {
    self.name = name
    self.inputs = inputs
    self.outputs = outputs
    self.initializers = initializers
    self.nodes = nodes
    self.valueInfos = valueInfos
  }

  /// How many node inputs and graph outputs take each value.
  public func useCounts() -> [String: Int] {
    var counts: [String: Int] = [:]
    for node in nodes { for input in node.takenValues { counts[input, default: 0] += 1 } }
    for output in outputs { counts[output.name, default: 0] += 1 }
    return counts
  }

  /// Removes nodes of whose outputs none is taken, and those that are left without a taker by that.
  public mutating func removeUnusedNodes() {
    var used = Set(outputs.map(\.name))
    var kept: [Node] = []
    for node in nodes.reversed() where node.outputs.contains(where: used.contains) {
      used.formUnion(node.takenValues)
      kept.append(node)
    }
    nodes = kept.reversed()
  }

  /// Removes initializers that nothing takes.
  public mutating func removeUnusedInitializers() {
    let used = useCounts()
    initializers.removeAll { used[$0.key] == nil }
  }
}

/// A value's name, element type and shape.
public struct ValueInfo: Sendable, Equatable {
  /// The name of the value.
  public var name: String
  /// The type of the elements, where it is known.
  public var dataType: DataType?
  /// The sizes, where they are known.
  public var shape: [Dimension]?

  /// Makes a description of a value.
  public init(name: String, dataType: DataType? = .float, shape: [Dimension]? = nil) {
    self.name = name
    self.dataType = dataType
    self.shape = shape
  }
}

/// The size of a dimension.
public enum Dimension: Sendable, Equatable {
  /// A number.
  case fixed(Int)
  /// Open, with a name, such as `batch`.
  case named(String)
  /// Open.
  case unknown
}
