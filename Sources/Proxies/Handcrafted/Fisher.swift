extension HandcraftedProxy {
  /// Fisher, ½ of the mean over images of Σ_c (Σ A ⊙ ∂L/∂A)² (Turner et al., arXiv 1906.04113, equation 3; as used for
  /// networks by Abdelfattah et al., arXiv 2101.08134).
  public static let fisher = bitWeighted(
    "fisher", "½ mean Σ(ΣA·∂L/∂A)²", source: "arXiv 1906.04113", asFormula: "activation_fisher",
    statistics: [.activationFisher]
  ) { try $0.numbers(.activationFisher) }
}
