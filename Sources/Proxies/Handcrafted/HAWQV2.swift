extension HandcraftedProxy {
  /// HAWQ-V2's sensitivity, the mean of the Hessian's diagonal over a layer's weights, Tr H / n (Dong et al., arXiv
  /// 1911.03852, section 3.1), weighted with bits as EMQ's paper compares it.
  public static let hawqV2 = bitWeighted(
    "hawq_v2", "Tr H / n", source: "arXiv 1911.03852", asFormula: "div(hessian_trace, parameters)",
    statistics: [.hessianTrace]
  ) { inputs in
    try zip(inputs.numbers(.hessianTrace), inputs.statistics.costs.layers).map { $0 / Double($1.parameters) }
  }
}
