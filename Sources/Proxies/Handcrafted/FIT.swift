extension HandcraftedProxy {
  /// FIT's part of the weights, −Tr F · mean ΔW² with F the empirical Fisher information (Zandonati et al., arXiv
  /// 2210.08502, equation 6); the noise is that of the rounding, in place of the uniform one assumed there.
  public static let fit = perturbation(
    "fit", "−Tr F / n · ‖ΔW‖²", source: "arXiv 2210.08502", [.fisherTraceProduct]
  ) { _, _, values in -values[0] }

  /// −½ Σ F ⊙ ΔW², FIT weight by weight (Fisher-weighted distortion).
  public static let fisherProduct = perturbation(
    "fisher_product", "−½ ΣF·ΔW²", source: "arXiv 2102.05426", [.fisherProduct]
  ) { _, _, values in -0.5 * values[0] }
}
