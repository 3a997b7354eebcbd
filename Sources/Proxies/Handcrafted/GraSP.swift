extension HandcraftedProxy {
  /// GraSP, −ΣW ⊙ HG with the Hessian over all layers (Wang et al., arXiv 2002.07376, equation 8).
  public static let grasp = bitWeighted(
    "grasp", "−ΣW·HG", source: "arXiv 2002.07376", statistics: [.weight, .hessianGradient]
  ) { try $0.innerProducts(.weight, .hessianGradient).map { -$0 } }
}
