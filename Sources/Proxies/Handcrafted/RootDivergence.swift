extension HandcraftedProxy {
  /// The square root of ``divergence``, which grows like the error itself and not like its square, so that a few bad
  /// layers do not hide the others.
  public static let rootDivergence = perturbation(
    "root_divergence", "−√KL(p ‖ q_l)", source: "–", asFormula: "layer_sum(sqrt(divergence))", [.divergence]
  ) { _, _, values in -max(0, values[0]).squareRoot() }
}
