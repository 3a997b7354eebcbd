extension HandcraftedProxy {
  /// The loss's increase with one layer rounded alone (ZeroQ and others rank layers so; Cai et al., arXiv 2001.00281,
  /// section 3.2 with the divergence).
  public static let lossIncrease = perturbation(
    "loss_increase", "−(L(Q(W_l)) − L)", source: "–", [.lossIncrease]
  ) { _, _, values in -values[0] }

  /// The divergence from the float network's output with one layer rounded alone (Cai et al., "ZeroQ", arXiv
  /// 2001.00281, equation 2).
  public static let divergence = perturbation(
    "divergence", "−KL(p ‖ q_l)", source: "arXiv 2001.00281", [.divergence]
  ) { _, _, values in -values[0] }

  /// The square root of ``divergence``, which grows like the error itself and not like its square, so that a few bad
  /// layers do not hide the others.
  public static let rootDivergence = perturbation(
    "root_divergence", "−√KL(p ‖ q_l)", source: "–", [.divergence]
  ) { _, _, values in -max(0, values[0]).squareRoot() }
}
