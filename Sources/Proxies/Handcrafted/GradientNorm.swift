extension HandcraftedProxy {
  /// The norm of the gradient, ‖G‖ (Abdelfattah et al., arXiv 2101.08134, section 3.2).
  public static let gradientNorm = bitWeighted(
    "grad_norm", "‖G‖", source: "arXiv 2101.08134", asFormula: "frobenius_norm(gradient)",
    statistics: [.gradient]
  ) { try $0.innerProducts(.gradient, .gradient).map { $0.squareRoot() } }
}
