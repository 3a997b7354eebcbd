import Foundation
import Foundations
import SwiftProtobuf

extension Model {
  /// The bytes of the model's file, everything in it.
  public func serialized() throws -> Data {
    try message(external: nil).serializedData()
  }

  /// Writes the model to a file, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the file to write.
  ///   - externalDataThreshold: initializers of at least so many bytes go to the file `<name>.data` beside the model;
  ///     nil keeps everything in one file.
  /// - Throws: `FileError` where it cannot be written.
  public func write(to path: String, externalDataThreshold: Int? = nil) throws {
    guard let externalDataThreshold else { return try AtomicFile.write(serialized(), to: path) }
    let external = ExternalData(
      location: URL(fileURLWithPath: path).lastPathComponent + ".data", threshold: externalDataThreshold)
    let data = try message(external: external).serializedData()
    try AtomicFile.write(external.bytes, to: path + ".data")
    try AtomicFile.write(data, to: path)
  }

  private func message(external: ExternalData?) throws -> Onnx_ModelProto {
    var message = Onnx_ModelProto()
    message.irVersion = Int64(irVersion)
    message.producerName = producerName
    if !producerVersion.isEmpty { message.producerVersion = producerVersion }
    if !domain.isEmpty { message.domain = domain }
    if modelVersion != 0 { message.modelVersion = Int64(modelVersion) }
    if !documentation.isEmpty { message.docString = documentation }
    message.opsetImport = Self.entries(opsets)
    message.metadataProps = metadata.map { Onnx_StringStringEntryProto($0.key, $0.value) }
    message.graph = Onnx_GraphProto(graph, external: external)
    message.functions = functions.map { function in
      var message = Onnx_FunctionProto()
      message.name = function.name
      message.domain = function.domain
      message.input = function.inputs
      message.output = function.outputs
      message.node = function.nodes.map(Onnx_NodeProto.init)
      message.opsetImport = Self.entries(function.opsets)
      return message
    }
    return message
  }

  private static func entries(_ opsets: [String: Int]) -> [Onnx_OperatorSetIdProto] {
    opsets.sorted { $0.key < $1.key }.map { domain, version in
      var entry = Onnx_OperatorSetIdProto()
      entry.domain = domain
      entry.version = Int64(version)
      return entry
    }
  }
}

/// Collects the bytes of initializers for a file beside the model.
private final class ExternalData {
  let location: String
  let threshold: Int
  var bytes = Data()

  init(location: String, threshold: Int) {
    self.location = location
    self.threshold = threshold
  }

  func take(_ tensor: inout Onnx_TensorProto) {
    // Runtimes map the file into memory, which wants aligned starts.
    bytes.append(Data(count: (64 - bytes.count % 64) % 64))
    tensor.externalData = [
      Onnx_StringStringEntryProto("location", location),
      Onnx_StringStringEntryProto("offset", String(bytes.count)),
      Onnx_StringStringEntryProto("length", String(tensor.rawData.count)),
    ]
    tensor.dataLocation = .external
    bytes.append(tensor.rawData)
    tensor.clearRawData()
  }
}

extension Onnx_GraphProto {
  fileprivate init(_ graph: Graph, external: ExternalData?) {
    self.init()
    name = graph.name
    if !graph.documentation.isEmpty { docString = graph.documentation }
    input = graph.inputs.map(Onnx_ValueInfoProto.init)
    output = graph.outputs.map(Onnx_ValueInfoProto.init)
    valueInfo = graph.valueInfos.map(Onnx_ValueInfoProto.init)
    node = graph.nodes.map(Onnx_NodeProto.init)
    initializer = graph.initializers.map { name, value in
      var tensor = Onnx_TensorProto(value)
      tensor.name = name
      if let external, value.bytes.count >= external.threshold { external.take(&tensor) }
      return tensor
    }
  }
}

extension Onnx_StringStringEntryProto {
  fileprivate init(_ key: String, _ value: String) {
    self.init()
    self.key = key
    self.value = value
  }
}

extension Onnx_TensorProto {
  fileprivate init(_ value: TensorValue) {
    self.init()
    dims = value.shape.map { Int64($0) }
    dataType = Int32(value.dataType.rawValue)
    rawData = value.bytes
  }
}

extension Onnx_ValueInfoProto {
  fileprivate init(_ value: ValueInfo) {
    self.init()
    name = value.name
    guard let dataType = value.dataType else { return }
    type.tensorType.elemType = Int32(dataType.rawValue)
    guard let shape = value.shape else { return }
    type.tensorType.shape.dim = shape.map { size in
      var dimension = Onnx_TensorShapeProto.Dimension()
      switch size {
      case .fixed(let number): dimension.dimValue = Int64(number)
      case .named(let name): dimension.dimParam = name
      case .unknown: break
      }
      return dimension
    }
    // A shape without dimensions is a number's; it must not be taken for an unknown one.
    if shape.isEmpty { type.tensorType.shape = Onnx_TensorShapeProto() }
  }
}

extension Onnx_NodeProto {
  fileprivate init(_ node: Node) {
    self.init()
    opType = node.operatorType
    // Nodes without a name are those of files that are to be small; all others say what they can.
    if !node.name.isEmpty { name = node.name }
    if !node.name.isEmpty || !node.domain.isEmpty { domain = node.domain }
    input = node.inputs
    output = node.outputs
    attribute = node.attributes.map { name, value in
      var attribute = Onnx_AttributeProto()
      attribute.name = name
      switch value {
      case .integer(let number):
        attribute.type = .int
        attribute.i = Int64(number)
      case .float(let number):
        attribute.type = .float
        attribute.f = number
      case .string(let text):
        attribute.type = .string
        attribute.s = Data(text.utf8)
      case .tensor(let tensor):
        attribute.type = .tensor
        attribute.t = Onnx_TensorProto(tensor)
      case .integers(let numbers):
        attribute.type = .ints
        attribute.ints = numbers.map { Int64($0) }
      case .floats(let numbers):
        attribute.type = .floats
        attribute.floats = numbers
      case .strings(let texts):
        attribute.type = .strings
        attribute.strings = texts.map { Data($0.utf8) }
      case .graph(let graph):
        attribute.type = .graph
        attribute.g = Onnx_GraphProto(graph, external: nil)
      }
      return attribute
    }
  }
}
