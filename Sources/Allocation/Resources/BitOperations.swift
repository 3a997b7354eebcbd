extension Resource {
  /// Σ MACs · weight bits · activation bits; see `BitChoice.bitOperations`.
  public static let bitOperations = Resource(
    name: "bitops", units: ["": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12],
    display: Display(key: "bitops_g", label: "G BitOps", factor: 1e9, decimals: 3),
    example: "bitops=0.5G", isWhole: true,
    cost: .sum(referenceBits: 32) { costs, layer, choice in
      Double(costs.model.layers[layer].macs) * Double(choice.bitOperations)
    })
}
