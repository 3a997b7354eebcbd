import OrderedCollections

/// An operation of a graph.
public struct Node: Sendable {
  /// The name, unique in its graph; readers give one to nodes without, whose name is empty.
  public var name: String
  /// The operator, such as `Conv`.
  public var operatorType: String
  /// The operator set that the operator is from; "" for the standard one.
  public var domain: String
  /// The values it takes; "" for an optional one that is left out.
  public var inputs: [String]
  /// The values it gives; "" for an optional one that nobody wants.
  public var outputs: [String]
  /// The attributes by name.
  public var attributes: OrderedDictionary<String, Attribute>

  /// Makes a node.
  public init(
    _ operatorType: String, name: String, inputs: [String], outputs: [String],
    attributes: OrderedDictionary<String, Attribute> = [:], domain: String = ""
  ) {
    self.name = name
    self.operatorType = operatorType
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }

  /// The attribute `key` as an integer; nil where it is absent.
  public func integer(_ key: String) throws -> Int? {
    guard let attribute = attributes[key] else { return nil }
    guard case .integer(let value) = attribute else { throw mismatch(key, "an integer") }
    return value
  }

  /// The attribute `key` as a list of integers; nil where it is absent.
  public func integers(_ key: String) throws -> [Int]? {
    guard let attribute = attributes[key] else { return nil }
    guard case .integers(let values) = attribute else { throw mismatch(key, "a list of integers") }
    return values
  }

  /// The attribute `key` as a number; nil where it is absent.
  public func float(_ key: String) throws -> Double? {
    guard let attribute = attributes[key] else { return nil }
    guard case .float(let value) = attribute else { throw mismatch(key, "a number") }
    return Double(value)
  }

  /// The attribute `key` as a list of numbers; nil where it is absent.
  public func floats(_ key: String) throws -> [Float]? {
    guard let attribute = attributes[key] else { return nil }
    guard case .floats(let values) = attribute else { throw mismatch(key, "a list of numbers") }
    return values
  }

  /// The attribute `key` as a text; nil where it is absent.
  public func string(_ key: String) throws -> String? {
    guard let attribute = attributes[key] else { return nil }
    guard case .string(let value) = attribute else { throw mismatch(key, "a text") }
    return value
  }

  /// The attribute `key` as a tensor; nil where it is absent.
  public func tensor(_ key: String) throws -> TensorValue? {
    guard let attribute = attributes[key] else { return nil }
    guard case .tensor(let value) = attribute else { throw mismatch(key, "a tensor") }
    return value
  }

  /// The attribute `key` as a list of texts; nil where it is absent.
  public func strings(_ key: String) throws -> [String]? {
    guard let attribute = attributes[key] else { return nil }
    guard case .strings(let values) = attribute else { throw mismatch(key, "a list of texts") }
    return values
  }

  /// The attribute `key` as a graph; nil where it is absent.
  public func graph(_ key: String) throws -> Graph? {
    guard let attribute = attributes[key] else { return nil }
    guard case .graph(let value) = attribute else { throw mismatch(key, "a graph") }
    return value
  }

  private func mismatch(_ key: String, _ wanted: String) -> ONNXError {
    ONNXError("node \"\(name)\" (operator \(operatorType)): attribute \(key) is not \(wanted)")
  }
}

/// The value of a node's attribute.
public enum Attribute: Sendable {
  /// An integer.
  case integer(Int)
  /// A number.
  case float(Float)
  /// A text.
  case string(String)
  /// A tensor.
  case tensor(TensorValue)
  /// Integers.
  case integers([Int])
  /// Numbers.
  case floats([Float])
  /// Texts.
  case strings([String])
  /// Nodes that an operator runs, such as a branch; they also take values of the graph around them.
  case graph(Graph)
}
