import Foundation

/// An ONNX model: a graph and what is said about it.
public struct Model: Sendable {
  /// The version of the file format.
  public var irVersion: Int
  /// The program that made the file.
  public var producerName: String
  /// The version of that program.
  public var producerVersion = ""
  /// Whose model it is, as a domain name in reverse.
  public var domain = ""
  /// The version of the model.
  public var modelVersion = 0
  /// What is said about the model.
  public var documentation = ""
  /// The version of each operator set by its domain; the standard one has the domain "".
  public var opsets: [String: Int]
  /// The graph.
  public var graph: Graph
  /// Operators that the model defines itself.
  public var functions: [Function] = []
  /// Further facts, in the order of the file.
  public var metadata: [MetadataEntry]

  /// Makes a model.
  public init(
    graph: Graph, opset: Int, irVersion: Int = 10, producerName: String = "swift-emq",
    metadata: [MetadataEntry] = []
  ) {
    self.irVersion = irVersion
    self.producerName = producerName
    self.opsets = ["": opset]
    self.graph = graph
    self.metadata = metadata
  }

  /// The version of the standard operator set.
  public var opset: Int {
    get { opsets[""] ?? 0 }
    set { opsets[""] = newValue }
  }

  /// The versions of the standard operator set that can be read.
  public static let supportedOpsets = 11...25
}

/// A key and a value of a model's metadata.
public struct MetadataEntry: Sendable, Equatable {
  /// The key.
  public var key: String
  /// The value.
  public var value: String

  /// Makes an entry.
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}
