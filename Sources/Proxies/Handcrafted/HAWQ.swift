extension HandcraftedProxy {
  /// HAWQ as EMQ's code compares it: λ, the eigenvalue of greatest magnitude of a layer's own block of the Hessian.
  public static let hawq = bitWeighted(
    "hawq", "λ", source: "arXiv 2307.10554", asFormula: "top_eigenvalue", statistics: [.topEigenvalue]
  ) { try $0.numbers(.topEigenvalue) }
}
