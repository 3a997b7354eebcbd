extension HandcraftedProxy {
  /// −(G·ΔW + ½ ΔWᵀHΔW), the loss's increase to second order where the gradient is not zero.
  public static let taylor = perturbation(
    "taylor", "−(G·ΔW + ½ ΔWᵀHΔW)", source: "NIPS 1989", [.gradientProduct, .hessianProduct]
  ) { _, _, values in -(values[0] + 0.5 * values[1]) }
}
