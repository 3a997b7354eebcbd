import Foundation
import Foundations
import OrderedCollections
import SwiftProtobuf

extension Model {
  /// Reads a model from a file, with external data from the file's folder.
  ///
  /// - Throws: ``ONNXError`` or `FileError` saying what is wrong, at which node.
  public init(contentsOf path: String) throws {
    let url = URL(fileURLWithPath: path)
    try self.init(
      AtomicFile.read(path), name: url.lastPathComponent, folder: url.deletingLastPathComponent().path)
  }

  /// Reads a model from the bytes of a file.
  ///
  /// - Parameters:
  ///   - data: the bytes.
  ///   - name: the file's name, for messages.
  ///   - folder: where files of external data lie; nil where there can be none.
  public init(_ data: Data, name: String, folder: String? = nil) throws {
    let message: Onnx_ModelProto
    do {
      var options = BinaryDecodingOptions()
      options.messageDepthLimit = FileLimits.messageDepth.greatest
      message = try Onnx_ModelProto(serializedBytes: data, options: options)
    } catch BinaryDecodingError.messageDepthLimit {
      throw ONNXError(
        "\(name): has more than \(FileLimits.messageDepth.greatest) \(FileLimits.messageDepth.unit) (limit messageDepth),"
          + " such as graphs in graphs")
    } catch {
      throw ONNXError("\(name): is not an ONNX model, or is cut short (\(data.count) bytes)")
    }
    guard message.hasGraph, !message.graph.node.isEmpty else {
      throw ONNXError("\(name): holds no graph with nodes; an ONNX model is needed")
    }
    var opsets: [String: Int] = [:]
    for entry in message.opsetImport {
      opsets[entry.domain == "ai.onnx" ? "" : entry.domain] = Int(entry.version)
    }
    guard let opset = opsets[""], Self.supportedOpsets.contains(opset) else {
      let found = opsets[""].map { "is of opset \($0)" } ?? "names no standard operator set"
      throw ONNXError(
        "\(name): \(found); opsets \(Self.supportedOpsets.lowerBound) to \(Self.supportedOpsets.upperBound)"
          + " are supported", kind: .unavailable)
    }
    let reader = GraphReader(file: name, external: folder.map { ExternalFiles(folder: $0) })
    let graph = try reader.graph(message.graph)
    self.init(
      graph: graph, opset: opset, irVersion: Int(message.irVersion), producerName: message.producerName,
      metadata: message.metadataProps.map { MetadataEntry(key: $0.key, value: $0.value) })
    self.opsets = opsets
    producerVersion = message.producerVersion
    domain = message.domain
    modelVersion = Int(message.modelVersion)
    documentation = message.docString
    self.graph.documentation = message.graph.docString
    functions = try message.functions.map(reader.function)
  }
}

/// Reads the parts of a graph.
private struct GraphReader {
  let file: String
  let external: ExternalFiles?

  /// Nodes with a name each, unique among them.
  private func nodes(_ messages: [Onnx_NodeProto]) throws -> [Node] {
    var names = Set<String>()
    var nodes: [Node] = []
    for (index, message) in messages.enumerated() {
      var name = message.name
      // Names are for people and messages: one that is missing or taken gets the position added.
      if name.isEmpty || names.contains(name) {
        name = name.isEmpty ? "\(message.opType)_\(index)" : "\(name)_\(index)"
        while names.contains(name) { name += "_" }
      }
      names.insert(name)
      nodes.append(try node(message, name: name))
    }
    return nodes
  }

  func function(_ message: Onnx_FunctionProto) throws -> Function {
    guard message.attribute.isEmpty, message.attributeProto.isEmpty else {
      throw ONNXError(
        "\(file): function \"\(message.name)\" takes attributes, which is not supported", kind: .unavailable)
    }
    return Function(
      name: message.name, domain: message.domain, inputs: message.input, outputs: message.output,
      nodes: try nodes(message.node),
      opsets: Dictionary(message.opsetImport.map { ($0.domain, Int($0.version)) }) { first, _ in first })
  }

  func graph(_ message: Onnx_GraphProto, isInner: Bool = false) throws -> Graph {
    guard message.sparseInitializer.isEmpty else {
      throw ONNXError("\(file): holds sparse initializers; dense ones are needed", kind: .unavailable)
    }
    var initializers: OrderedDictionary<String, TensorValue> = [:]
    for tensor in message.initializer {
      let place = "\(file): initializer \"\(tensor.name)\""
      guard initializers[tensor.name] == nil else { throw ONNXError("\(place): stands there twice") }
      initializers[tensor.name] = try self.tensor(tensor, place)
    }
    let graph = Graph(
      name: message.name,
      inputs: message.input.map(valueInfo).filter { initializers[$0.name] == nil },
      outputs: message.output.map(valueInfo), initializers: initializers, nodes: try nodes(message.node),
      valueInfos: message.valueInfo.map(valueInfo))
    return try graph.sorted(file: file, isInner: isInner).constantsAsInitializers()
  }

  private func node(_ message: Onnx_NodeProto, name: String) throws -> Node {
    var node = Node(
      message.opType, name: name, inputs: message.input, outputs: message.output,
      domain: message.domain == "ai.onnx" ? "" : message.domain)
    for attribute in message.attribute {
      let place = "\(nodeLocation(node, in: file)), attribute \(attribute.name)"
      let value: Attribute
      switch attribute.type {
      case .float: value = .float(attribute.f)
      case .int: value = .integer(Int(attribute.i))
      case .string: value = .string(String(decoding: attribute.s, as: UTF8.self))
      case .tensor: value = .tensor(try tensor(attribute.t, place))
      case .floats: value = .floats(attribute.floats)
      case .ints: value = .integers(attribute.ints.map { Int($0) })
      case .strings: value = .strings(attribute.strings.map { String(decoding: $0, as: UTF8.self) })
      case .graph: value = .graph(try graph(attribute.g, isInner: true))
      default:
        throw ONNXError(
          "\(place): is of a kind (\(attribute.type)) that is not supported", kind: .unavailable)
      }
      node.attributes[attribute.name] = value
    }
    return node
  }

  private func valueInfo(_ message: Onnx_ValueInfoProto) -> ValueInfo {
    let type = message.type.tensorType
    let shape = type.shape.dim.map { dimension -> Dimension in
      switch dimension.value {
      case .dimValue(let size): .fixed(Int(size))
      case .dimParam(let name): .named(name)
      case nil: .unknown
      }
    }
    return ValueInfo(
      name: message.name, dataType: DataType(rawValue: Int(type.elemType)), shape: type.hasShape ? shape : nil
    )
  }

  private func tensor(_ message: Onnx_TensorProto, _ place: String) throws -> TensorValue {
    if let excess = FileLimits.rank.excess(message.dims.count) { throw ONNXError("\(place): \(excess)") }
    guard let type = DataType(rawValue: Int(message.dataType)), type != .string else {
      throw ONNXError(
        "\(place): is of data type \(message.dataType), which is not supported", kind: .unavailable)
    }
    let shape = message.dims.map { Int($0) }
    guard let count = checkedProduct(shape), let byteCount = type.byteCount(of: count) else {
      throw ONNXError("\(place): has the impossible shape \(shape)")
    }
    let bytes =
      try message.dataLocation == .external
      ? externalBytes(message, place, byteCount) : ownBytes(message, type)
    guard bytes.count == byteCount else {
      throw ONNXError(
        "\(place): \(bytes.count) bytes for shape \(shape) of \(type), which takes \(byteCount);"
          + " the file may be cut short")
    }
    return TensorValue(dataType: type, shape: shape, bytes: bytes)
  }

  /// The elements that a message holds itself, raw or in the field of their type.
  private func ownBytes(_ message: Onnx_TensorProto, _ type: DataType) -> Data {
    if message.hasRawData { return message.rawData }
    func data<Element>(_ values: [Element]) -> Data { values.withUnsafeBytes { Data($0) } }
    switch type {
    case .float: return data(message.floatData)
    case .double: return data(message.doubleData)
    case .int64: return data(message.int64Data)
    case .uint64: return data(message.uint64Data)
    case .uint32: return data(message.uint64Data.map { UInt32(truncatingIfNeeded: $0) })
    case .int32: return data(message.int32Data)
    case .int16, .uint16, .float16, .bfloat16:
      return data(message.int32Data.map { UInt16(truncatingIfNeeded: $0) })
    case .int8, .uint8, .bool, .int4, .uint4, .int2, .uint2:
      return data(message.int32Data.map { UInt8(truncatingIfNeeded: $0) })
    case .string: return Data()
    }
  }

  private func externalBytes(_ message: Onnx_TensorProto, _ place: String, _ byteCount: Int) throws -> Data {
    guard let external else { throw ONNXError("\(place): keeps its data in a file that is not named") }
    let entries = message.externalData.map { ($0.key, $0.value) }
    return try external.bytes(Dictionary(entries) { $1 }, count: byteCount, place: place)
  }
}
