extension HandcraftedProxy {
  /// CLADO's quadratic form, Σ Ω_l + Σ Ω_lm of what single and paired layers do to the loss of the float network (Deng et
  /// al., "Mixed-Precision Quantization with Cross-Layer Dependencies", arXiv 2307.05657, equation 6).
  ///
  /// The loss here is the divergence from the float network, which needs no labels.
  public static let clado = pairwise(
    "clado", "−Σ Ω_l − Σ Ω_lm", source: "arXiv 2307.05657", ResponseInput(.float, interactions: true))

  /// The same around a uniform configuration, as interactions around a quantized operating point ("IMPQ", arXiv
  /// 2509.15455).
  public static let pairwiseDivergence = pairwise(
    "pairwise_divergence", "−D(β) − Σ Ω_l − Σ Ω_lm", source: "arXiv 2509.15455",
    ResponseInput(.uniform, interactions: true))

  private static func pairwise(
    _ name: String, _ formula: String, source: String, _ input: ResponseInput
  ) -> HandcraftedProxy {
    HandcraftedProxy(name: name, formula: formula, source: source, kind: .response, responses: [input]) {
      inputs in
      let table = try inputs.responses(input)
      guard table.plan.hasInteractions else {
        throw ProxyError("the proxy \(name) takes interactions, which were not computed", kind: .data)
      }
      return try PairwiseScores(divergencesOf: table)
    }
  }
}
