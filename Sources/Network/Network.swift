import Foundation
import Foundations
import ONNX
import Torch

/// An ONNX graph made executable.
///
/// Constants are folded, among them the shape arithmetic that exporters leave in; quantizable layers are
/// listed in graph order; any of them can be tapped, and gradients taken of any constant.
///
///     let network = try Network(Model(contentsOf: "resnet20.onnx"))
///     let logits = try network.logits(images)  // [N, classes]
public struct Network: Sendable {
  /// The file name of the model without its folder and ending.
  public let name: String
  /// The model that the steps were made of, at opset 21 or later.
  public let model: Model
  /// The model as it was given.
  public let source: Model
  /// Conv, Gemm and MatMul nodes with a constant weight, in graph order.
  public internal(set) var layers: [QuantizableLayer] = []
  /// One image's shape: [channels, height, width].
  public let inputShape: [Int]
  /// The number of classes: the size of the output's last dimension.
  public internal(set) var classCount = 0
  /// The type that numbers are computed in.
  public internal(set) var elementType: ElementType = .float32

  /// Constants by value index; nil for values that are computed.
  public internal(set) var constants: [Tensor?]
  var steps: [Step] = []
  let inputIndex: Int
  let outputIndex: Int
  let outputName: String
  /// The index of each named value.
  public let valueIndices: [String: Int]

  /// Makes a model executable.
  ///
  /// - Parameters:
  ///   - model: with one image input [N, channels, height, width] and logits as its first output.
  ///   - name: for messages.
  ///   - inputShape: [channels, height, width], for models that leave them open.
  /// - Throws: ``NetworkError`` naming the first node that is not supported.
  public init(_ model: Model, name: String = "network", inputShape: [Int]? = nil) throws {
    source = model
    let model = try model.upgraded(toOpset: 21)
    self.model = model
    self.name = name
    let graph = model.graph
    guard graph.inputs.count == 1, let input = graph.inputs.first else {
      let names = graph.inputs.map(\.name).joined(separator: ", ")
      throw NetworkError.graph(
        "\(name): has \(graph.inputs.count) inputs (\(names)); a network with one image input is needed")
    }
    guard let output = graph.outputs.first else {
      throw NetworkError.graph("\(name): has no output; logits are needed")
    }
    self.inputShape = try Self.imageShape(of: input, given: inputShape, name: name)

    var indices: [String: Int] = [:]
    func index(of value: String) -> Int {
      if let known = indices[value] { return known }
      indices[value] = indices.count
      return indices.count - 1
    }
    inputIndex = index(of: input.name)
    for name in graph.initializers.keys { _ = index(of: name) }
    for node in graph.nodes {
      let location = nodeLocation(node, in: name)
      let kernel = try OperatorTable.kernel(for: node, location: location)
      steps.append(
        Step(
          node: node, location: location, inputs: node.inputs.map { $0.isEmpty ? nil : index(of: $0) },
          outputs: node.outputs.map { $0.isEmpty ? nil : index(of: $0) }, kernel: kernel))
    }
    outputIndex = index(of: output.name)
    outputName = output.name
    valueIndices = indices
    constants = Array(repeating: nil, count: indices.count)
    for (name, value) in graph.initializers {
      guard let index = indices[name] else { continue }
      let tensor = try value.tensor()
      constants[index] = try tensor.elementType.isFloatingPoint ? tensor.channelsLast() : tensor
    }
    try foldConstants()
    try foldShapeArithmetic()
    findLastUses()
    try findLayers()
  }

  private static func imageShape(of input: ValueInfo, given: [Int]?, name: String) throws -> [Int] {
    if let given { return given }
    guard let shape = input.shape, shape.count >= 2 else {
      throw NetworkError.graph(
        "\(name): input \(input.name) has no shape; --input-shape, such as 3x224x224, gives one")
    }
    let sizes = shape.dropFirst().map { dimension -> Int? in
      if case .fixed(let size) = dimension, size > 0 { return size }
      return nil
    }
    guard !sizes.contains(nil) else {
      throw NetworkError.graph(
        "\(name): input \(input.name) leaves a size open beside the batch;"
          + " --input-shape, such as 3x224x224, gives it")
    }
    return sizes.compactMap { $0 }
  }

  /// The same network computing in another floating-point type.
  public func converted(to type: ElementType) throws -> Network {
    var copy = self
    for (index, constant) in constants.enumerated() {
      guard let constant, constant.elementType.isFloatingPoint else { continue }
      copy.constants[index] = try constant.converted(to: type)
    }
    copy.elementType = type
    return copy
  }

  /// The index in ``constants`` of each layer's weight.
  public var weightIndices: [Int] { layers.compactMap { valueIndices[$0.weightName] } }

  /// The weights of ``layers`` as they are stored.
  public var weights: [Tensor] { weightIndices.compactMap { constants[$0] } }

  /// The identity of the network: the digest of its model's bytes, without what is said about it.
  public func digest() throws -> String {
    var bare = model
    bare.producerVersion = ""
    bare.domain = ""
    bare.modelVersion = 0
    bare.documentation = ""
    bare.graph.documentation = ""
    return sha256(try bare.serialized())
  }

  /// Checks that images fit the network.
  ///
  /// - Throws: ``NetworkError`` saying which shape came and which is needed.
  public func requireImageShape(_ shape: [Int], from source: String) throws {
    guard shape == inputShape else {
      throw NetworkError.input(
        "\(source): images of shape \(shape) but \(name) takes \(inputShape) [channels, height, width];"
          + " --preset, or --resize and --crop, change it")
    }
  }
}
