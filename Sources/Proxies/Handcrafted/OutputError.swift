extension HandcraftedProxy {
  /// −E‖ΔW x‖², the squared error of a layer's output, which second-order rounding minimizes.
  public static let outputError = perturbation(
    "output_error", "−E‖ΔW x‖²", source: "arXiv 2004.10568", [.outputError]
  ) { _, _, values in -values[0] }

  /// −E‖ΔW x‖² / E‖W x‖².
  public static let relativeOutputError = perturbation(
    "relative_output_error", "−E‖ΔW x‖² / E‖W x‖²", source: "–", [.relativeOutputError]
  ) { _, _, values in -values[0] }
}
