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
    "Abs", "Acos", "Acosh", "Add", "And", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh", "AveragePool",
    "Cast", "Ceil", "Celu", "Clip", "Concat", "Constant", "ConstantOfShape",
    "Conv",
    "ConvTranspose", "Cos", "Cosh", "CumSum", "DepthToSpace", "DequantizeLinear", "Div", "Dropout", "Einsum",
    "Elu", "Equal", "Erf", "Exp",
    "Expand",
    "Flatten", "Floor", "Gather", "GatherElements", "GatherND", "Gemm", "GlobalAveragePool", "GlobalMaxPool",
    "Greater", "HardSigmoid", "Hardmax",
    "Identity", "InstanceNormalization", "IsInf", "IsNaN", "LRN", "LeakyRelu", "Less", "Log", "LogSoftmax",
    "LpNormalization", "MatMul", "Max", "MaxPool", "Mean", "MeanVarianceNormalization",
    "Min", "Mod", "Mul", "Neg", "NonMaxSuppression", "NonZero", "Not", "OneHot", "Or", "PRelu", "Pow",
    "QuantizeLinear", "Range",
    "Reciprocal", "ReduceSum",
    "Relu",
    "Reshape", "Round", "Selu", "Shape", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Size", "Slice",
    "Softmax",
    "Softplus", "Softsign", "SpaceToDepth", "Sqrt",
    "Squeeze", "Sub", "Sum", "Tan", "Tanh", "ThresholdedRelu", "Tile", "TopK", "Transpose", "Unsqueeze",
    "Where",
    "Xor",
  ]

  /// The first operator set of others.
  private static let introductions = [
    "BatchNormalization": 15, "CastLike": 15, "Gelu": 20, "GreaterOrEqual": 16, "GroupNormalization": 21,
    "HardSwish": 14, "LayerNormalization": 17, "LessOrEqual": 16, "Mish": 18, "RMSNormalization": 23,
    "Swish": 24, "Trilu": 14,
  ]

  private static let reductions: Set<String> = [
    "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin",
    "ReduceProd", "ReduceSumSquare",
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
    case "GRU", "LSTM", "RNN": return attributes.contains("layout") ? 14 : 13
    case "Resize":
      if node.string(named: "coordinate_transformation_mode") == "half_pixel_symmetric" { return 19 }
      return attributes.isDisjoint(with: ["antialias", "axes", "keep_aspect_ratio_policy"]) ? 13 : 18
    case "ScatterElements", "ScatterND":
      guard let reduction = node.string(named: "reduction"), reduction != "none" else {
        return attributes.contains("reduction") ? 16 : 13
      }
      return ["max", "min"].contains(reduction) ? 18 : 16
    case "Pad": return node.inputs.count > 3 ? 18 : 13
    case "Split": return attributes.contains("num_outputs") ? 18 : 13
    case let reduction where reductions.contains(reduction): return node.inputs.count > 1 ? 18 : 13
    case let name: return unchanged.contains(name) ? 13 : introductions[name]
    }
  }
}

extension Node {
  /// The text of an attribute, if it is one.
  fileprivate func string(named key: String) -> String? {
    guard case .string(let text)? = attributes[key] else { return nil }
    return text
  }
}
