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
  /// What was said of the network that its file does not say.
  public let options: NetworkOptions
  /// What the network is given, in the graph's order.
  public let inputs: [NetworkInput]
  /// What outputs say.
  public internal(set) var objective = Objective.classes
  /// The outputs that count, the columns of what ``logits(_:taps:)-(Inputs,_)`` gives.
  public internal(set) var outputs: [NetworkOutput] = []
  /// The number of classes: the size of the output's dimension that counts them; 0 for outputs that are values.
  public internal(set) var classCount = 0
  /// The dimension of the output that counts classes, of a batch.
  public internal(set) var classAxis = 1
  /// The type that numbers are computed in.
  public internal(set) var elementType: ElementType = .float32

  /// Constants by value index; nil for values that are computed.
  public internal(set) var constants: [Tensor?]
  /// What the model's first output holds; ``logits(_:taps:)-(Inputs,_)`` gives logits in either case.
  public internal(set) var outputKind = OutputKind.logits
  /// How many images the model takes at once.
  public internal(set) var batch: BatchSize

  package internal(set) var steps: [Step] = []
  package let inputIndices: [Int]
  package internal(set) var outputIndices: [Int] = []
  /// The index of each named value.
  public let valueIndices: [String: Int]

  /// Makes a model executable.
  ///
  /// A fixed batch is opened where the graph allows it, see ``BatchSize``.
  ///
  /// - Parameters:
  ///   - model: with inputs that count examples in one of their dimensions.
  ///   - name: for messages.
  ///   - options: what the file does not say.
  /// - Throws: ``NetworkError`` naming the nodes that are not supported.
  public init(_ model: Model, name: String = "network", options: NetworkOptions = NetworkOptions()) throws {
    guard let size = Self.fixedBatch(of: model) else {
      try self.init(model, name: name, options: options, batch: .open)
      return
    }
    let fixed = try Network(model, name: name, options: options, batch: .fixed(size))
    self = try withLimits(bytes: options.tracedBytes, products: options.tracedProducts) {
      try fixed.openingBatch() ?? fixed.requiringImagesOneByOne()
    }
  }

  init(_ model: Model, name: String, options: NetworkOptions, batch: BatchSize) throws {
    self.options = options
    self.batch = batch
    source = try withLimits(bytes: options.tracedBytes, products: options.tracedProducts) {
      try model.inliningKnownBranches(name: name, inputShapes: options.inputShapes)
    }
    let model = try source.inliningFunctions().upgraded(toOpset: 21)
    self.model = model
    self.name = name
    let graph = model.graph
    guard !graph.outputs.isEmpty else {
      throw NetworkError.graph("\(name): has no output; one at least is needed")
    }
    inputs = try NetworkInput.inputs(
      of: graph, given: options.inputShapes, values: options.inputValues, name: name)

    var indices: [String: Int] = [:]
    func index(of value: String) -> Int {
      if let known = indices[value] { return known }
      indices[value] = indices.count
      return indices.count - 1
    }
    inputIndices = inputs.map { index(of: $0.name) }
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
    for output in graph.outputs { _ = index(of: output.name) }
    valueIndices = indices
    constants = Array(repeating: nil, count: indices.count)
    for (name, value) in graph.initializers {
      guard let index = indices[name] else { continue }
      let tensor = try value.tensor()
      constants[index] = try tensor.elementType.isFloatingPoint ? tensor.channelsLast() : tensor
    }
    try trace()
  }

  /// Computes what is known without examples, and sees shapes in runs on blank ones.
  private mutating func trace() throws {
    try withLimits(bytes: options.tracedBytes, products: options.tracedProducts) {
      try foldConstants()
      try foldShapeArithmetic()
      if case .fixed = batch { try computeImageByImage() }
      try findOutputs(options, in: model.graph)
      try removeFinalSoftmax()
      findLastUses()
      try findLayers()
    }
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

  /// The weights of ``layers``, of their shapes.
  public var weights: [Tensor] {
    zip(layers, weightIndices).compactMap { layer, index in
      guard let weight = constants[index], weight.shape != layer.weightShape else { return constants[index] }
      return try? weight.reshaped(layer.weightShape)
    }
  }

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
}
