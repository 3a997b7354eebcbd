import ONNX

/// What operators do, among ONNX's and those that ONNX Runtime puts into optimized graphs.
enum OperatorKind {
  private static let integer: Set = [
    "QLinearConv", "ConvInteger", "QGemm", "QLinearMatMul", "MatMulInteger", "MatMulInteger16",
    "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "QAttention",
  ]
  private static let multiplying = integer.union([
    "Conv", "FusedConv", "NhwcFusedConv", "NhwcConv", "Gemm", "FusedGemm", "MatMul", "FusedMatMul",
    "FusedMatMulActivation", "TransposeMatMul", "MatMulNBits", "Attention",
  ])
  private static let rounding: Set = ["QuantizeLinear", "DequantizeLinear"]
  private static let layout: Set = [
    "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "ReorderInput", "ReorderOutput",
  ]

  /// Whether a node multiplies by a weight, as layers do.
  static func isMultiplying(_ node: Node) -> Bool { multiplying.contains(node.operatorType) }

  /// Whether a node multiplies integers.
  static func isInteger(_ node: Node) -> Bool {
    if integer.contains(node.operatorType) { return true }
    // Rounds its input to 8 bits itself, at this level.
    guard node.operatorType == "MatMulNBits" else { return false }
    return (try? node.integer("accuracy_level")) == 4
  }

  /// Whether a node quantizes or dequantizes.
  static func isRounding(_ node: Node) -> Bool { rounding.contains(node.operatorType) }

  /// Whether a node gives the elements it takes, in another order or shape.
  static func isLayout(_ node: Node) -> Bool { layout.contains(node.operatorType) }
}
