/// A batch norm that can be put into the layer before it, and what the layer becomes.
public struct FoldableBatchNormalization: Sendable {
  /// The position of the batch norm among the nodes of the graph.
  public let norm: Int
  /// The position of the convolution or Gemm before it.
  public let layer: Int
  /// The layer's weight with the batch norm in it, in the shape of the layer's own.
  public let weight: TensorValue
  /// The layer's bias with the batch norm in it, [channels].
  public let bias: TensorValue
}

extension Model {
  /// The same function with batch norms that follow a convolution or Gemm put into its weight and bias.
  ///
  /// With scale γ, shift β, mean μ, variance σ² and ε of the batch norm, each output channel's weight becomes
  /// w·γ/√(σ²+ε) and its bias (b−μ)·γ/√(σ²+ε) + β, computed in double precision. A batch norm stays where
  /// the layer's output is used elsewhere too, or where anything of it is not constant.
  public func foldingBatchNormalization() throws -> Model {
    var result = self
    var removed = Set<Int>()
    for folded in try foldableBatchNormalizations() {
      var layer = result.graph.nodes[folded.layer]
      // Weights and biases may be shared between layers, so the folded ones get names of their own.
      let weightName = result.graph.uniqueValueName(layer.inputs[1] + "_folded")
      result.graph.initializers[weightName] = folded.weight
      let biasName = result.graph.uniqueValueName(layer.inputs[1] + "_folded_bias")
      result.graph.initializers[biasName] = folded.bias
      layer.inputs = [layer.inputs[0], weightName, biasName]
      layer.outputs = [graph.nodes[folded.norm].outputs[0]]
      result.graph.nodes[folded.layer] = layer
      removed.insert(folded.norm)
    }
    result.graph.nodes = result.graph.nodes.enumerated().filter { !removed.contains($0.offset) }.map(
      \.element)
    let remaining = Set(result.graph.nodes.flatMap(\.outputs))
    result.graph.valueInfos.removeAll { !remaining.contains($0.name) }
    result.graph.removeUnusedInitializers()
    return result
  }

  /// The batch norms that ``foldingBatchNormalization()`` folds, in graph order.
  public func foldableBatchNormalizations() throws -> [FoldableBatchNormalization] {
    let uses = graph.useCounts()
    var producers: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() { for output in node.outputs { producers[output] = index } }
    return try graph.nodes.enumerated().compactMap { index, norm in
      guard norm.operatorType == "BatchNormalization", norm.inputs.count == 5,
        let layer = producers[norm.inputs[0]], uses[norm.inputs[0]] == 1,
        ["Conv", "Gemm"].contains(graph.nodes[layer].operatorType),
        let folded = try fold(norm, into: graph.nodes[layer])
      else { return nil }
      return FoldableBatchNormalization(norm: index, layer: layer, weight: folded.weight, bias: folded.bias)
    }
  }

  private func fold(_ norm: Node, into layer: Node) throws -> (weight: TensorValue, bias: TensorValue)? {
    let constants = graph.initializers
    let transposed = try layer.operatorType == "Conv" || (layer.integer("transB") ?? 0) != 0
    guard layer.inputs.count >= 2, let weight = constants[layer.inputs[1]], weight.dataType == .float,
      weight.shape.count > 1,
      try layer.operatorType == "Conv"
        || ((layer.float("alpha") ?? 1) == 1 && (layer.float("beta") ?? 1) == 1),
      let scale = try constants[norm.inputs[1]]?.doubles(),
      let shift = try constants[norm.inputs[2]]?.doubles(),
      let mean = try constants[norm.inputs[3]]?.doubles(),
      let variance = try constants[norm.inputs[4]]?.doubles()
    else { return nil }
    let channels = weight.shape[transposed ? 0 : 1]
    let bias: [Double]
    if layer.inputs.count > 2, !layer.inputs[2].isEmpty {
      guard let given = try constants[layer.inputs[2]]?.doubles() else { return nil }
      bias = given.count == 1 ? Array(repeating: given[0], count: channels) : given
    } else {
      bias = Array(repeating: 0, count: channels)
    }
    guard [scale, shift, mean, variance, bias].allSatisfy({ $0.count == channels }) else { return nil }
    let epsilon = try norm.float("epsilon") ?? 1e-5
    let factors = zip(scale, variance).map { $0 / ($1 + epsilon).squareRoot() }
    let stride = transposed ? weight.count / max(1, channels) : 1
    let values = try weight.doubles().enumerated().map { index, value in
      Float(value * factors[transposed ? index / stride : index % channels])
    }
    let biases = (0..<channels).map { Float((bias[$0] - mean[$0]) * factors[$0] + shift[$0]) }
    return (TensorValue(values, shape: weight.shape), TensorValue(biases, shape: [channels]))
  }
}

extension Graph {
  /// A value name that nothing in the graph has: `base`, or `base` with a number.
  public func uniqueValueName(_ base: String) -> String {
    func isTaken(_ name: String) -> Bool {
      initializers[name] != nil || inputs.contains { $0.name == name }
        || nodes.contains { $0.outputs.contains(name) }
    }
    var name = base
    var number = 1
    while isTaken(name) {
      number += 1
      name = "\(base)_\(number)"
    }
    return name
  }
}
