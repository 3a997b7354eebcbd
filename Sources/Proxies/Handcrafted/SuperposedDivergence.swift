extension HandcraftedProxy {
  /// The divergence of outputs that are the float network's plus the sum of all layers' responses.
  public static let superposedDivergenceFloat = response(
    "superposed_divergence_float", "−KL(σ(z₀) ‖ σ(z₀ + Σ R_l))", source: "–",
    ResponseProxy(.divergence, background: .float))

  /// The same around a uniform configuration, whose own departure from the float network counts in full.
  public static let superposedDivergence = response(
    "superposed_divergence", "−KL(σ(z₀) ‖ σ(z_β + Σ R_l))", source: "–", ResponseProxy(.divergence))
}
