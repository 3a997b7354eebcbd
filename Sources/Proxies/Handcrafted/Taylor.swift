extension HandcraftedProxy {
  /// −½ ΔWᵀHΔW with a layer's own block of the Hessian: the loss's increase to second order at a minimum (LeCun et al.,
  /// "Optimal Brain Damage", NIPS 1989, equation 1).
  public static let hessianProduct = perturbation(
    "hessian_product", "−½ ΔWᵀHΔW", source: "NIPS 1989", [.hessianProduct]
  ) { _, _, values in -0.5 * values[0] }

  /// −(G·ΔW + ½ ΔWᵀHΔW), the loss's increase to second order where the gradient is not zero.
  public static let taylor = perturbation(
    "taylor", "−(G·ΔW + ½ ΔWᵀHΔW)", source: "NIPS 1989", [.gradientProduct, .hessianProduct]
  ) { _, _, values in -(values[0] + 0.5 * values[1]) }
}
