extension HandcraftedProxy {
  /// −‖ΔW‖², the squared error of the rounded weight.
  public static let weightError = perturbation(
    "weight_error", "−‖ΔW‖²", source: "–", [.weightError]
  ) { _, _, values in -values[0] }

  /// −‖ΔW‖² / ‖W‖².
  public static let relativeWeightError = perturbation(
    "relative_weight_error", "−‖ΔW‖² / ‖W‖²", source: "–", [.relativeWeightError]
  ) { _, _, values in -values[0] }
}
