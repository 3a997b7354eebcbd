extension HandcraftedProxy {
  /// The weights' size in bits: layers count by their parameters (BParams in EMQ's comparison).
  public static let size = bitWeighted("size", "n", source: "arXiv 2307.10554", asFormula: "parameters") {
    inputs in
    inputs.statistics.costs.layers.map { Double($0.parameters) }
  }
}
