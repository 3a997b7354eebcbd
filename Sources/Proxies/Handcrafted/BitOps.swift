extension HandcraftedProxy {
  /// Bit operations, MACs · weight bits · activation bits.
  public static let bitOperations = HandcraftedProxy(
    name: "bitops", formula: "MACs · b_a", source: "arXiv 2307.10554", kind: .bitWeighted
  ) { inputs in
    let macs = inputs.statistics.costs.layers.map { Double($0.macs) }
    return LayerBitScores(layerCount: macs.count) { layer, weightBits, activationBits in
      macs[layer] * Double(weightBits * activationBits)
    }
  }
}
