extension HandcraftedProxy {
  /// −‖ΔW‖², the squared error of the rounded weight.
  public static let weightError = perturbation(
    "weight_error", "−‖ΔW‖²", source: "–", asFormula: "weight_error", [.weightError]
  ) { _, _, values in -values[0] }
}
