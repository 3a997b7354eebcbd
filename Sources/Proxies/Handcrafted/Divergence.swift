extension HandcraftedProxy {
  /// The divergence from the float network's output with one layer rounded alone (Cai et al., "ZeroQ", arXiv
  /// 2001.00281, equation 2).
  public static let divergence = perturbation(
    "divergence", "−KL(p ‖ q_l)", source: "arXiv 2001.00281", asFormula: "divergence", [.divergence]
  ) { _, _, values in -values[0] }
}
