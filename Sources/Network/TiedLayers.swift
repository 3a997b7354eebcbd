/// Why layers belong together on a device.
public enum LayerTie: String, CaseIterable, Sendable {
  /// Layers whose outputs are added, on one stream of a residual network.
  case residual
  /// A depthwise convolution and the layer whose output it filters.
  case depthwise
}

extension Network {
  /// Operators that a tie reaches through: they change values, not channels.
  private static let transparentOperators: Set<String> = [
    "BatchNormalization", "Clip", "Dropout", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "PRelu",
    "Relu",
    "Sigmoid", "Tanh",
  ]

  /// Groups of quantizable layers that belong together, by their index; a layer may be in several groups.
  public func groups(tiedBy tie: LayerTie) -> [[Int]] {
    var producers: [Int: Int] = [:]
    for (index, step) in steps.enumerated() {
      for output in step.outputs.compactMap({ $0 }) { producers[output] = index }
    }
    var known: [Int: [Int]] = [:]
    /// The layers whose outputs a value is made of.
    func sources(_ value: Int) -> [Int] {
      if let found = known[value] { return found }
      let found = Set(search(value)).sorted()
      known[value] = found
      return found
    }
    func search(_ value: Int) -> [Int] {
      guard let index = producers[value] else { return [] }
      if let layer = steps[index].layer { return [layer] }
      let inputs = steps[index].inputs.compactMap { $0 }.filter { constants[$0] == nil }
      switch steps[index].node.operatorType {
      case "Add", "Sum": return inputs.flatMap(sources)
      case let operatorType where Self.transparentOperators.contains(operatorType):
        return inputs.prefix(1).flatMap(sources)
      default: return []
      }
    }
    return steps.compactMap { step in
      let inputs = step.inputs.compactMap { $0 }.filter { constants[$0] == nil }
      let group: [Int]
      switch tie {
      case .residual:
        guard ["Add", "Sum"].contains(step.node.operatorType), inputs.count > 1 else { return nil }
        group = inputs.flatMap(sources)
      case .depthwise:
        guard let layer = step.layer, layers[layer].isDepthwise, let input = inputs.first else { return nil }
        group = sources(input) + [layer]
      }
      let distinct = Set(group).sorted()
      return distinct.count > 1 ? distinct : nil
    }
  }
}
