extension HandcraftedProxy {
  /// −½ Σ F ⊙ ΔW², FIT weight by weight (Fisher-weighted distortion).
  public static let fisherProduct = perturbation(
    "fisher_product", "−½ ΣF·ΔW²", source: "arXiv 2102.05426", asFormula: "fisher_product", [.fisherProduct]
  ) { _, _, values in -0.5 * values[0] }
}
