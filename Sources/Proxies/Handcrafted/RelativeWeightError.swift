extension HandcraftedProxy {
  /// −‖ΔW‖² / ‖W‖², the squared error of the rounded weight as a share.
  public static let relativeWeightError = perturbation(
    "relative_weight_error", "−‖ΔW‖² / ‖W‖²", source: "–", asFormula: "relative_weight_error",
    [.relativeWeightError]
  ) { _, _, values in -values[0] }
}
