extension HandcraftedProxy {
  /// −E‖ΔW x‖², the squared error of a layer's output, which second-order rounding minimizes.
  public static let outputError = perturbation(
    "output_error", "−E‖ΔW x‖²", source: "arXiv 2004.10568", asFormula: "output_error", [.outputError]
  ) { _, _, values in -values[0] }
}
