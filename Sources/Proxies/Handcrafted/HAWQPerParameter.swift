extension HandcraftedProxy {
  /// HAWQ's own order of layers, λ / n with n the layer's parameters (Dong et al., arXiv 1905.03696, equation 4).
  public static let hawqPerParameter = bitWeighted(
    "hawq_per_parameter", "λ / n", source: "arXiv 1905.03696", asFormula: "div(top_eigenvalue, parameters)",
    statistics: [.topEigenvalue]
  ) { inputs in
    try zip(inputs.numbers(.topEigenvalue), inputs.statistics.costs.layers).map { $0 / Double($1.parameters) }
  }
}
