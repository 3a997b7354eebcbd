extension Network {
  /// By quantizable layer, the layers whose outputs it reads, directly or through operators that have no bits, in graph
  /// order.
  ///
  /// A layer that reads nothing but the network's inputs has none.
  ///
  /// - Complexity: O(nodes · layers).
  public var layerSources: [[Int]] {
    var origins = [Set<Int>](repeating: [], count: constants.count)
    var sources = [[Int]](repeating: [], count: layers.count)
    for step in steps {
      let read = step.inputs.compactMap { $0 }.reduce(into: Set<Int>()) { $0.formUnion(origins[$1]) }
      for layer in step.layers { sources[layer.layer] = read.sorted() }
      let written = step.layers.isEmpty ? read : Set(step.layers.map(\.layer))
      for output in step.outputs.compactMap({ $0 }) { origins[output] = written }
    }
    return sources
  }
}
