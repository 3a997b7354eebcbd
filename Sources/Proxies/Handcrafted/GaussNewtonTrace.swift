import Torch

extension HandcraftedProxy {
  /// The mean of the Gauss-Newton matrix's diagonal, free of the noise between layers that Hutchinson's traces have.
  public static let gaussNewtonTrace = bitWeighted(
    "gauss_newton_trace", "Tr GN / n", source: "JMLR 2020, Martens", asFormula: "to_mean(gauss_newton)",
    statistics: [.gaussNewton]
  ) { inputs in try inputs.tensors(.gaussNewton).map { try $0.converted(to: .float64).mean().item() } }
}
