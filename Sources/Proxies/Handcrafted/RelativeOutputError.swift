extension HandcraftedProxy {
  /// −E‖ΔW x‖² / E‖W x‖².
  public static let relativeOutputError = perturbation(
    "relative_output_error", "−E‖ΔW x‖² / E‖W x‖²", source: "–", asFormula: "relative_output_error",
    [.relativeOutputError]
  ) { _, _, values in -values[0] }
}
