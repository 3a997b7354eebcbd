extension HandcraftedProxy {
  /// HAWQ as EMQ's code compares it: λ, the eigenvalue of greatest magnitude of a layer's own block of the Hessian.
  public static let hawq = bitWeighted(
    "hawq", "λ", source: "arXiv 2307.10554", statistics: [.topEigenvalue]
  ) { try $0.numbers(.topEigenvalue) }

  /// HAWQ's own order of layers, λ / n with n the layer's parameters (Dong et al., arXiv 1905.03696, equation 4).
  public static let hawqPerParameter = bitWeighted(
    "hawq_per_parameter", "λ / n", source: "arXiv 1905.03696", statistics: [.topEigenvalue]
  ) { inputs in
    try zip(inputs.numbers(.topEigenvalue), inputs.statistics.costs.layers).map { $0 / Double($1.parameters) }
  }
}
