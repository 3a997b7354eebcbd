extension HandcraftedProxy {
  /// FIT's part of the weights, −Tr F · mean ΔW² with F the empirical Fisher information (Zandonati et al., arXiv
  /// 2210.08502, equation 6); the noise is that of the rounding, in place of the uniform one assumed there.
  public static let fit = perturbation(
    "fit", "−Tr F / n · ‖ΔW‖²", source: "arXiv 2210.08502", asFormula: "fisher_trace_product",
    [.fisherTraceProduct]
  ) { _, _, values in -values[0] }
}
