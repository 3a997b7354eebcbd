extension Model {
  /// The least operator set from 13 on in which each standard node means what it means in this model's.
  ///
  /// - Returns: the model's own where the meaning of an operator in earlier ones is not known here.
  public var leastOpset: Int {
    let nodes = graph.nodes + functions.flatMap(\.nodes)
    return min(
      opset,
      nodes.filter { $0.domain.isEmpty }.reduce(13) { least, node in
        max(least, Self.firstOpset(of: node) ?? opset)
      })
  }

  /// Operators whose nodes mean the same from opset 13 to the latest one, for the types that networks use.
  private static let unchanged: Set<String> = [
    "Abs", "Add", "And", "AveragePool", "Cast", "Ceil", "Clip", "Concat", "Constant", "ConstantOfShape",
    "Conv",
    "ConvTranspose", "DepthToSpace", "DequantizeLinear", "Div", "Dropout", "Elu", "Equal", "Erf", "Exp",
    "Expand",
    "Flatten", "Floor", "Gather", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Greater", "HardSigmoid",
    "Identity", "InstanceNormalization", "LeakyRelu", "Less", "Log", "LogSoftmax", "MatMul", "Max", "MaxPool",
    "Min", "Mod", "Mul", "Neg", "Not", "Or", "PRelu", "Pow", "QuantizeLinear", "Reciprocal", "ReduceSum",
    "Relu",
    "Reshape", "Round", "Shape", "Sigmoid", "Sign", "Slice", "Softmax", "Softplus", "SpaceToDepth", "Sqrt",
    "Squeeze", "Sub", "Tanh", "Tile", "Transpose", "Unsqueeze", "Where",
  ]

  /// The first operator set of others.
  private static let introductions = [
    "BatchNormalization": 15, "Gelu": 20, "GreaterOrEqual": 16, "HardSwish": 14, "LayerNormalization": 17,
    "LessOrEqual": 16, "Mish": 18, "Trilu": 14,
  ]

  private static let reductions: Set<String> = [
    "ReduceL1", "ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd",
  ]

  /// The first operator set, 13 at least, of which a node in this form is; nil where that is not known.
  private static func firstOpset(of node: Node) -> Int? {
    let attributes = Set(node.attributes.keys)
    switch node.operatorType {
    case "Shape" where !attributes.isEmpty: return 15
    case "Reshape" where attributes.contains("allowzero"): return 14
    case "DequantizeLinear", "QuantizeLinear":
      return attributes.isSubset(of: ["axis"]) ? 13 : nil
    case "Cast" where attributes.contains("saturate"): return 19
    case "AveragePool" where attributes.contains("dilations"): return 19
    case "Pad": return node.inputs.count > 3 ? 18 : 13
    case "Split": return attributes.contains("num_outputs") ? 18 : 13
    case let reduction where reductions.contains(reduction): return node.inputs.count > 1 ? 18 : 13
    case let name: return unchanged.contains(name) ? 13 : introductions[name]
    }
  }
}
