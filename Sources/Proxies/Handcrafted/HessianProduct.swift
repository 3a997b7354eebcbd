extension HandcraftedProxy {
  /// −½ ΔWᵀHΔW with a layer's own block of the Hessian: the loss's increase to second order at a minimum (LeCun et al.,
  /// "Optimal Brain Damage", NIPS 1989, equation 1).
  public static let hessianProduct = perturbation(
    "hessian_product", "−½ ΔWᵀHΔW", source: "NIPS 1989", asFormula: "hessian_product", [.hessianProduct]
  ) { _, _, values in -0.5 * values[0] }
}
