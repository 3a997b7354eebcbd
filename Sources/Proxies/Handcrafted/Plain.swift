extension HandcraftedProxy {
  /// Plain, ΣW ⊙ G (Mozer and Smolensky, "Skeletonization", NIPS 1988, as used for networks by Abdelfattah et
  /// al., arXiv 2101.08134).
  public static let plain = bitWeighted(
    "plain", "ΣW·G", source: "arXiv 2101.08134", asFormula: "to_sum(mul(weight, gradient))",
    statistics: [.weight, .gradient]
  ) { try $0.innerProducts(.weight, .gradient) }
}
