extension HandcraftedProxy {
  /// Layers' mean responses add or cancel, their spread over images adds as if independent; see ``CoherentScores``.
  public static let coherentResponse = HandcraftedProxy(
    name: "coherent_response", formula: "−√(‖Σ mean R_l‖² + Σ Var R_l)", source: "–", kind: .response,
    responses: [ResponseInput(.float, interactions: false)]
  ) { inputs in try CoherentScores(inputs.responses(ResponseInput(.float, interactions: false))) }
}
