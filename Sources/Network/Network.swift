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
  /// What the model's first output holds; ``logits(_:taps:)`` gives logits in either case.
  public internal(set) var outputKind = OutputKind.logits
  /// How many images the model takes at once.
  public internal(set) var batch: BatchSize

  package internal(set) var steps: [Step] = []
  package let inputIndex: Int
  package let outputIndex: Int
  let outputName: String
  /// The index of each named value.
  public let valueIndices: [String: Int]

  /// Makes a model executable.
  ///
  /// A fixed batch is opened where the graph allows it, see ``BatchSize``.
  ///
  /// - Parameters:
  ///   - model: with one image input [N, channels, height, width], and logits or their softmax as its first output.
  ///   - name: for messages.
  ///   - inputShape: [channels, height, width], for models that leave them open.
  /// - Throws: ``NetworkError`` naming the nodes that are not supported.
  public init(_ model: Model, name: String = "network", inputShape: [Int]? = nil) throws {
    guard let size = Self.fixedBatch(of: model) else {
      try self.init(model, name: name, inputShape: inputShape, batch: .open)
      return
    }
    let fixed = try Network(model, name: name, inputShape: inputShape, batch: .fixed(size))
    self = try fixed.openingBatch() ?? fixed.requiringImagesOneByOne()
  }

  init(_ model: Model, name: String, inputShape: [Int]?, batch: BatchSize) throws {
    self.batch = batch
    source = try model.inliningKnownBranches(name: name, inputShape: inputShape)
    let model = try source.inliningFunctions().upgraded(toOpset: 21)
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
    try OperatorTable.requireSupport(of: graph.nodes, in: name)
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
    if case .fixed = batch { try computeImageByImage() }
    try removeFinalSoftmax()
    findLastUses()
    try findLayers()
  }

  private static func imageShape(of input: ValueInfo, given: [Int]?, name: String) throws -> [Int] {
    if let given { return given }
    guard let shape = input.shape, shape.count >= 2 else {
      throw NetworkError.graph(
        "\(name): input \(input.name) has no shape; one image's, such as [3, 224, 224], has to be given")
    }
    let sizes = shape.dropFirst().map { dimension -> Int? in
      if case .fixed(let size) = dimension, size > 0 { return size }
      return nil
    }
    guard !sizes.contains(nil) else {
      throw NetworkError.graph(
        "\(name): input \(input.name) leaves a size open beside the batch;"
          + " one image's shape, such as [3, 224, 224], has to be given")
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
    // The file's own form, so that an identity does not depend on how a reader holds constants.
    var bare = try source.restoringConstantNodes().upgraded(toOpset: 21)
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
    guard shape != inputShape else { return }
    let found = "\(source): images of shape \(shape) but \(name) takes \(inputShape)"
    if inputShape.count == 3, shape.count == 3, inputShape[2] == shape[0], inputShape[0] != shape[0] {
      throw NetworkError.input(
        "\(found), which is [height, width, channels] (NHWC); a network of [channels, height, width] (NCHW) is needed"
      )
    }
    throw NetworkError.input(
      "\(found) [channels, height, width]; the preprocessing's resizing and cropping decide height and width")
  }
}
