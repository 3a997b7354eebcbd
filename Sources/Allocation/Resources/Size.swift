extension Resource {
  /// The weights' size at their nominal bits, in bits.
  public static let size = Resource(
    name: "size", units: storageUnits,
    display: Display(key: "size_mib", label: "MiB", factor: 8 * 1_048_576, decimals: 4),
    example: "25% (of the float size), 1.5MiB or 3bits for the weights", isWhole: true,
    cost: .sum(referenceBits: 32) { costs, layer, choice in
      Double(costs.model.layers[layer].parameters * choice.weightBits)
    },
    ofUniformBits: { space, bits in
      let (fixed, free) = space.sizes
      return Double(fixed) + (Double(free) * bits).rounded(.down)
    })
}
