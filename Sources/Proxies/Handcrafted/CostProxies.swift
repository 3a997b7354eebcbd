import Statistics

extension HandcraftedProxy {
  /// The sum of all layers' bits: every layer counts the same.
  public static let bitSum = HandcraftedProxy(name: "bit_sum", formula: "1") {
    $0.costs.layers.map { _ in 1 }
  }

  /// The weights' size: layers count by their parameters.
  public static let size = HandcraftedProxy(name: "size", formula: "parameters") {
    $0.costs.layers.map { Double($0.parameters) }
  }

  /// Bit operations at equal activation bits: layers count by their multiplications.
  public static let bitOperations = HandcraftedProxy(name: "bitops", formula: "MACs") {
    $0.costs.layers.map { Double($0.macs) }
  }
}
