import ONNX

/// Says which layer each node of an optimized graph belongs to.
///
/// What quantizes, dequantizes, clips or lays out anew belongs to the first layer that takes what it gives, directly or
/// through others of these, as it prepares that layer's input or weight. All else, such as activations, sums and
/// pooling, and what prepares nothing for a layer, belongs to the layer before it in the order of execution; what comes
/// before all layers, to the first one.
struct NodeOwnership {
  let links: GraphLinks
  /// The node of each layer, by the layer's name.
  let layers: [String: Node]

  /// The layer of each node by the node's name; empty where there are no layers.
  func owners() -> [String: String] {
    let layersByNode = Dictionary(layers.map { ($1.name, $0) }) { first, _ in first }
    let nodes = links.graph.nodes
    let positions = Dictionary(nodes.enumerated().map { ($1.name, $0) }) { first, _ in first }
    guard var last = nodes.lazy.compactMap({ layersByNode[$0.name] }).first else { return [:] }
    // From the last node on, so that those which take a node's output are known.
    var prepared: [String: Int] = [:]
    for node in nodes.reversed() where prepares(node) {
      let takers = node.outputs.flatMap(links.takers(of:))
      prepared[node.name] = takers.compactMap { taker in
        layersByNode[taker.name] == nil ? prepared[taker.name] : positions[taker.name]
      }.min()
    }
    var owners: [String: String] = [:]
    for node in nodes {
      if let layer = layersByNode[node.name] {
        last = layer
        owners[node.name] = layer
      } else {
        owners[node.name] = prepared[node.name].flatMap { layersByNode[nodes[$0].name] } ?? last
      }
    }
    return owners
  }

  private func prepares(_ node: Node) -> Bool {
    OperatorKind.isRounding(node) || OperatorKind.isLayout(node) || node.operatorType == "Clip"
  }
}
