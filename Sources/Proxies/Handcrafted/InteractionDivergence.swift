extension HandcraftedProxy {
  /// ``superposedDivergence`` with half of all interactions of two layers: interactions of more than two, which are left
  /// out, take back about as much.
  public static let interactionDivergence = response(
    "interaction_divergence", "−KL(σ(z₀) ‖ σ(z_β + Σ R_l + ½ Σ I_lm))", source: "–",
    ResponseProxy(.divergence, interactionWeight: 0.5))
}
