extension HandcraftedProxy {
  /// The sum of all layers' bits: every layer counts the same.
  public static let bitSum = bitWeighted("bit_sum", "1", source: "–") { inputs in
    inputs.statistics.costs.layers.map { _ in 1 }
  }
}
