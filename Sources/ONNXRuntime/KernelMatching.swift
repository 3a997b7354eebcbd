import ONNX

/// Finds the node of an optimized graph that a layer became.
///
/// ONNX Runtime keeps the name of a layer's node where it fuses the layer with what rounds its input, weight and output,
/// with an activation or with a sum. It adds `_token_1` (a number) where it lays a convolution out by channels last, and
/// `/MatMulAddFusion` and the like where it makes a Gemm of a MatMul and a sum, or scales within it. A float convolution
/// that it lays out in blocks of channels is named by the value that it gives, with `_nchwc` behind it. Weights keep the
/// names of their constants as long as these are not computed anew, which integers never are.
///
/// So a layer is looked for by the constant of its weight, then by its name, then by the values that its output becomes.
struct KernelMatching {
  let source: GraphLinks
  let optimized: GraphLinks

  /// The node of the optimized graph for each layer's name; one that cannot be found is missing.
  func kernels() -> [String: Node] {
    let layers = source.graph.nodes.filter(OperatorKind.isMultiplying)
    let candidates = optimized.graph.nodes.filter(OperatorKind.isMultiplying)
    let layersByWeight = Dictionary(grouping: layers) { weight(of: $0, in: source) }
    let candidatesByWeight = Dictionary(grouping: candidates) { weight(of: $0, in: optimized) }
    var found: [String: Node] = [:]
    var taken = Set<String>()
    func match(_ layer: Node, _ kernel: Node) {
      guard found[layer.name] == nil, taken.insert(kernel.name).inserted else { return }
      found[layer.name] = kernel
    }
    for layer in layers {
      guard let weight = weight(of: layer, in: source), layersByWeight[weight]?.count == 1,
        let kernels = candidatesByWeight[weight], kernels.count == 1
      else { continue }
      match(layer, kernels[0])
    }
    let names = Set(source.graph.nodes.map(\.name))
    let byName = Dictionary(
      candidates.map { (names.contains($0.name) ? $0.name : Self.base($0.name), $0) }
    ) { first, _ in first }
    for layer in layers { if let kernel = byName[layer.name] { match(layer, kernel) } }
    var byValue: [String: Node] = [:]
    for kernel in candidates {
      for value in kernel.outputs + [Self.base(kernel.name)] where byValue[value] == nil {
        byValue[value] = kernel
      }
    }
    for layer in layers where found[layer.name] == nil {
      if let kernel = values(after: layer).lazy.compactMap({ byValue[$0] }).first { match(layer, kernel) }
    }
    return found
  }

  /// The constant that a node multiplies by; nil where there is none.
  private func weight(of node: Node, in links: GraphLinks) -> String? {
    let position = ["QLinearConv", "QGemm", "QLinearMatMul"].contains(node.operatorType) ? 3 : 1
    guard node.inputs.count > position else { return nil }
    return links.constant(behind: node.inputs[position])
  }

  /// A node's name without what ONNX Runtime adds to it.
  private static func base(_ name: String) -> String {
    var name = Substring(name)
    if let slash = name.firstIndex(of: "/"), name[slash...].contains("Fusion") {
      // Names may have slashes of their own.
      let fusion = name.range(of: "/MatMul", options: .backwards)?.lowerBound ?? slash
      name = name[..<fusion]
    }
    while let token = name.range(of: "_token_", options: .backwards),
      !name[token.upperBound...].isEmpty, name[token.upperBound...].allSatisfy(\.isNumber)
    {
      name = name[..<token.lowerBound]
    }
    return String(name.hasSuffix("_nchwc") ? name.dropLast(6) : name)
  }

  /// The values that a layer's output becomes on its way to the next layer or to several takers.
  private func values(after layer: Node) -> [String] {
    var values: [String] = []
    var next = layer.outputs.first
    while let value = next {
      values.append(value)
      let takers = source.takers(of: value)
      guard takers.count == 1, !OperatorKind.isMultiplying(takers[0]) else { break }
      next = takers[0].outputs.first
    }
    return values
  }
}
