extension HandcraftedProxy {
  /// The loss's increase with one layer rounded alone (ZeroQ and others rank layers so; Cai et al., arXiv 2001.00281,
  /// section 3.2 with the divergence).
  public static let lossIncrease = perturbation(
    "loss_increase", "−(L(Q(W_l)) − L)", source: "–", asFormula: "loss_increase", [.lossIncrease]
  ) { _, _, values in -values[0] }
}
