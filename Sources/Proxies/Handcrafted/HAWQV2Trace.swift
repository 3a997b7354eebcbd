extension HandcraftedProxy {
  /// ``hawqV2`` without the division, as EMQ's code computes it.
  public static let hawqV2Trace = bitWeighted(
    "hawq_v2_trace", "Tr H", source: "arXiv 2307.10554", asFormula: "hessian_trace",
    statistics: [.hessianTrace]
  ) { try $0.numbers(.hessianTrace) }
}
