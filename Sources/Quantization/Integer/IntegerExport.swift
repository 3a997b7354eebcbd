import BitModel
import Network
import ONNX
import Torch

/// Writes a network that is computed in integers as an ONNX model.
///
/// Each rounded value goes through QuantizeLinear and DequantizeLinear, between which runtimes find their integer kernels;
/// operators that only move values are given the integers themselves. Nodes that rounding makes superfluous are left out:
/// bounds at the ends of a grid, zeros around a convolution's input, and shape arithmetic that comes to constants.
struct IntegerExport {
  /// A value as integers.
  struct GridValue {
    let integers: String
    let grid: ActivationQuantizer
  }

  let quantized: QuantizedNetwork
  let plan: RoundedValues
  let packing: WeightPacking
  var initializers: OrderedInitializers
  private(set) var nodes: [Node] = []
  let shapes: [Int: [Int]]
  let outputs: Set<String>
  /// What names that are made here begin with.
  private let prefix: String
  private var count = 0
  /// Values that are rounded, by their name in the source.
  var rounded: [String: GridValue] = [:]
  /// The names of values in single precision, where they differ from those of the source.
  private var floats: [String: String] = [:]
  /// Zeros around what a convolution takes, which it adds itself: what is padded, and the pads.
  var padded: [String: (source: String, pads: [Int])] = [:]
  private var grids: [ActivationQuantizer: (scale: String, zero: String)] = [:]
  private var dequantized: [String: String] = [:]
  var own: [String: GridValue] = [:]

  typealias OrderedInitializers = [(name: String, value: TensorValue)]

  var network: Network { quantized.float }

  /// Makes the model.
  static func model(_ quantized: QuantizedNetwork, plan: RoundedValues, packing: WeightPacking) throws
    -> Model
  {
    let source = try quantized.float.foldedSource(opset: max(13, quantized.float.source.opset))
    var export = try IntegerExport(quantized, plan: plan, packing: packing, source: source)
    for node in source.graph.nodes { try export.add(node) }
    for output in source.graph.outputs { export.giveOutput(output.name) }
    return try export.finished(source)
  }

  private init(_ quantized: QuantizedNetwork, plan: RoundedValues, packing: WeightPacking, source: Model)
    throws
  {
    self.quantized = quantized
    self.plan = plan
    self.packing = packing
    shapes = try quantized.float.valueShapes()
    outputs = Set(source.graph.outputs.map(\.name))
    initializers = []
    let names =
      source.graph.inputs.map(\.name) + Array(source.graph.initializers.keys)
      + source.graph.nodes.flatMap(\.outputs)
    var prefix = "q"
    while names.contains(where: { $0.hasPrefix(prefix) }) { prefix += "_" }
    self.prefix = prefix
    for input in source.graph.inputs { try round(input.name) }
  }

  func index(of name: String) -> Int? { network.valueIndices[name] }

  mutating func freshName() -> String {
    count += 1
    return "\(prefix)\(count)"
  }

  mutating func constant(_ value: TensorValue) -> String {
    let name = freshName()
    initializers.append((name, value))
    return name
  }

  mutating func append(_ node: Node) { nodes.append(node) }

  /// Adds a node without a name, and gives the name of its output.
  mutating func compute(
    _ operatorType: String, _ inputs: [String], attributes: [String: Attribute] = [:]
  ) -> String {
    let output = freshName()
    var node = Node(operatorType, name: "", inputs: inputs, outputs: [output])
    for (key, value) in attributes.sorted(by: { $0.key < $1.key }) { node.attributes[key] = value }
    nodes.append(node)
    return output
  }

  // MARK: Rounding

  /// Scale and zero point of a grid.
  mutating func constants(of grid: ActivationQuantizer) -> (scale: String, zero: String) {
    if let known = grids[grid] { return known }
    let made = (
      constant(TensorValue([Float(grid.scale)], shape: [])),
      constant(TensorValue(bytes: [grid.zero], signed: false, shape: []))
    )
    grids[grid] = made
    return made
  }

  mutating func integers(_ float: String, on grid: ActivationQuantizer) -> GridValue {
    let (scale, zero) = constants(of: grid)
    var integers = compute("QuantizeLinear", [float, scale, zero])
    if grid.bits < 8 {
      // The integers' type has levels above the last one.
      let highest = constant(TensorValue(bytes: [grid.highest], signed: false, shape: []))
      integers = compute("Clip", [integers, "", highest])
    }
    return GridValue(integers: integers, grid: grid)
  }

  /// Rounds a value that was computed, where it is one of those that are.
  private mutating func round(_ name: String) throws {
    guard let grid = index(of: name).flatMap({ quantized.rounding.values[$0] }) else { return }
    rounded[name] = integers(floats[name] ?? name, on: grid)
  }

  mutating func float(_ value: GridValue) -> String {
    if let known = dequantized[value.integers] { return known }
    let (scale, zero) = constants(of: value.grid)
    let name = compute("DequantizeLinear", [value.integers, scale, zero])
    dequantized[value.integers] = name
    return name
  }

  /// The name of a value in single precision.
  mutating func float(_ name: String) -> String {
    rounded[name].map { float($0) } ?? floats[name] ?? name
  }

  private mutating func giveOutput(_ name: String) {
    guard let value = rounded[name] else { return }
    let (scale, zero) = constants(of: value.grid)
    nodes.append(
      Node("DequantizeLinear", name: "", inputs: [value.integers, scale, zero], outputs: [name]))
  }

  /// The name that a node's output has before it is rounded.
  mutating func beforeRounding(_ name: String) -> String {
    guard outputs.contains(name), let index = index(of: name), quantized.rounding.values[index] != nil else {
      return name
    }
    let fresh = freshName()
    floats[name] = fresh
    return fresh
  }

  // MARK: Nodes

  private mutating func add(_ node: Node) throws {
    let step = network.steps.firstIndex { $0.node.name == node.name && $0.node.outputs == node.outputs }
    if let step, network.steps[step].layer.map({ network.layers[$0].isWeightOnly }) == true {
      try addWeightOnly(node, network.steps[step])
    } else if let layer = step.flatMap({ network.steps[$0].layer }) {
      try addLayer(node, layer)
    } else if let step, plan.bounding.contains(step), isSuperfluous(node) {
      floats[node.outputs[0]] = floats[node.inputs[0]] ?? node.inputs[0]
    } else if node.domain.isEmpty, RoundingRole.registered[node.operatorType] == .moves,
      let value = node.inputs.first.flatMap({ rounded[$0] }),
      let output = index(of: node.outputs[0]), plan.origins[output] != nil
    {
      try move(value, by: node)
      return
    } else if try !addGlobalAverage(node) {
      var node = node
      node.name = ""
      node.inputs = node.inputs.map { $0.isEmpty ? "" : float($0) }
      node.outputs = node.outputs.map { $0.isEmpty ? "" : beforeRounding($0) }
      nodes.append(node)
    } else {
      return
    }
    for output in node.outputs where !output.isEmpty { try round(output) }
  }

  /// Whether rounding cuts a value off where the node does.
  private func isSuperfluous(_ node: Node) -> Bool {
    guard let grid = index(of: node.outputs[0]).flatMap({ quantized.rounding.values[$0] }) else {
      return false
    }
    guard node.operatorType == "Clip" else { return grid.zero == 0 }
    func bound(_ position: Int) -> Double?? {
      guard position < node.inputs.count, !node.inputs[position].isEmpty else { return .some(nil) }
      return index(of: node.inputs[position]).flatMap { network.constants[$0] }.flatMap {
        try? $0.reshaped([]).item()
      }.map { .some($0) }
    }
    guard let low = bound(1), let high = bound(2) else { return false }
    return low.map { grid.level($0) == 0 } ?? true && high.map { grid.level($0) == grid.highest } ?? true
  }

  private func finished(_ source: Model) throws -> Model {
    var model = source
    model.graph.nodes = nodes
    for (name, value) in initializers { model.graph.initializers[name] = value }
    model.graph.removeUnusedNodes()
    model.graph.removeUnusedInitializers()
    model.graph.mergeIdenticalInitializers()
    model.graph.removeDefaultAttributes()
    model.graph.shortenValueNames()
    model.graph.constantNodes = []
    model.graph.documentation = ""
    model.opset = model.leastOpset
    let called = Set(model.graph.nodes.filter { $0.domain == Unpacking.domain }.map(\.operatorType))
    model.functions = [Unpacking.function(opset: model.opset), BiasUnpacking.function(opset: model.opset)]
      .filter { called.contains($0.name) }
    if !called.isEmpty { model.opsets[Unpacking.domain] = 1 }
    // Functions came with version 8 of the format; later ones have nothing that operator sets before 21 need.
    model.irVersion = model.opset >= 21 ? max(10, model.irVersion) : 8
    model.producerName = "swift-emq"
    model.producerVersion = ""
    model.metadata.removeAll { $0.key == LayerEncoding.metadataKey }
    model.metadata.append(
      MetadataEntry(key: LayerEncoding.metadataKey, value: quantized.configuration.description))
    return model
  }
}
