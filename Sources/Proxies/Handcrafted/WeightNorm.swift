extension HandcraftedProxy {
  /// The Frobenius norm of a layer's weight, ‖W‖.
  public static let weightNorm = bitWeighted(
    "weight_norm", "‖W‖", source: "–", asFormula: "frobenius_norm(weight)", statistics: [.weight]
  ) {
    try $0.innerProducts(.weight, .weight).map { $0.squareRoot() }
  }
}
