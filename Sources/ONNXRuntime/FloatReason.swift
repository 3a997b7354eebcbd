import ONNX

/// Says why a node of an optimized graph multiplies floats.
struct FloatReason {
  let links: GraphLinks

  /// What keeps a node from an integer kernel, as far as the graph shows it: all that is found, joined by commas.
  func text(of node: Node) -> String {
    let isConvolution = node.operatorType.hasSuffix("Conv")
    var reasons = weightReasons(node)
    if !isDequantized(node.inputs.first) { reasons.append("its input is not rounded") }
    // A product of matrices may have a float output; other sums with a bias need it in integers.
    if let bias = node.inputs.dropFirst(2).first, !bias.isEmpty, !isDequantized(bias), !isConvolution {
      reasons.append("its bias is float")
    }
    if isConvolution, let output = node.outputs.first, let reason = outputReason(output, of: node) {
      reasons.append(reason)
    }
    if reasons.isEmpty, let types = differingTypes(node) { reasons.append(types) }
    return reasons.isEmpty ? "ONNX Runtime has kept it in floats" : reasons.joined(separator: ", ")
  }

  private func isDequantized(_ value: String?) -> Bool {
    value.flatMap(links.giver(of:))?.operatorType == "DequantizeLinear"
  }

  private func weightReasons(_ node: Node) -> [String] {
    guard node.inputs.count > 1 else { return [] }
    let weight = node.inputs[1]
    guard isDequantized(weight) else {
      return [
        links.giver(of: weight) == nil || links.constant(behind: weight) != nil
          ? "its weight is float" : "its second factor is not rounded"
      ]
    }
    guard let constant = links.constant(behind: weight),
      let bits = links.graph.initializers[constant]?.dataType.bitCount, bits < 8
    else { return [] }
    return ["its weight is stored in \(bits) bits"]
  }

  /// Why a convolution's output does not go on in integers; nil where it does.
  private func outputReason(_ output: String, of node: Node) -> String? {
    if node.operatorType.contains("Fused"), node.inputs.count > 3 { return "it is summed up in floats" }
    let takers = links.takers(of: output)
    let others = takers.filter { $0.operatorType != "QuantizeLinear" }
    if links.isOutput(output) { return "its output is the network's and not rounded" }
    if takers.isEmpty { return nil }
    guard let other = others.first else {
      return takers.count > 1 ? "its output is rounded in several ways" : nil
    }
    return takers.count > others.count
      ? "its output is used in floats, too (\(other.operatorType))"
      : "its output is not rounded (\(other.operatorType))"
  }

  /// What is said of a node whose input and output are rounded to integers of different types; nil of others.
  private func differingTypes(_ node: Node) -> String? {
    guard let giver = node.inputs.first.flatMap(links.giver(of:)), let output = node.outputs.first,
      let taker = links.takers(of: output).first(where: { $0.operatorType == "QuantizeLinear" }),
      let input = zeroType(of: giver), let result = zeroType(of: taker), input != result
    else { return nil }
    return "its input is \(input) and its output \(result)"
  }

  private func zeroType(of node: Node) -> DataType? {
    guard node.inputs.count > 2 else { return .uint8 }
    return links.constant(behind: node.inputs[2]).flatMap { links.graph.initializers[$0]?.dataType }
  }
}
