import ONNX

/// The operator that turns a bias in 16 bits into the integers that kernels add, in the nodes of any runtime since operator
/// set 13.
enum BiasUnpacking {
  /// Its name, in ``Unpacking/domain``.
  static let name = "Bias"

  private static let inputs = ["stored", "unit", "step"]

  /// The function that models of an operator set hold.
  static func function(opset: Int) -> Function {
    Function(
      name: name, domain: Unpacking.domain, inputs: inputs, outputs: ["integers"],
      nodes: nodes(["stored", "unit", "step"], output: "integers") { $0 }, opsets: ["": opset])
  }

  /// A call, or the nodes in its place.
  ///
  /// - Parameters:
  ///   - inputs: the levels and the unit of ``CompactBias``, and the step of each channel's integers.
  ///   - output: the name of the integers, int32.
  static func nodes(inputs: [String], output: String, isInlined: Bool) -> [Node] {
    guard isInlined else {
      return [Node(name, name: "", inputs: inputs, outputs: [output], domain: Unpacking.domain)]
    }
    return nodes(inputs, output: output) { "\(output)/\($0)" }
  }

  private static func nodes(_ inputs: [String], output: String, name: (String) -> String) -> [Node] {
    func cast(_ input: String, _ output: String, to type: DataType) -> Node {
      Node("Cast", name: "", inputs: [input], outputs: [output], attributes: ["to": .integer(type.rawValue)])
    }
    return [
      cast(inputs[0], name("levels"), to: .float),
      Node("Mul", name: "", inputs: [name("levels"), inputs[1]], outputs: [name("bias")]),
      Node("Div", name: "", inputs: [name("bias"), inputs[2]], outputs: [name("quotient")]),
      Node("Round", name: "", inputs: [name("quotient")], outputs: [name("rounded")]),
      cast(name("rounded"), output, to: .int32),
    ]
  }
}
