import Torch

extension HandcraftedProxy {
  /// HAWQ-V2's sensitivity, the mean of the Hessian's diagonal over a layer's weights, Tr H / n (Dong et al., arXiv
  /// 1911.03852, section 3.1), weighted with bits as EMQ's paper compares it.
  public static let hawqV2 = bitWeighted(
    "hawq_v2", "Tr H / n", source: "arXiv 1911.03852", statistics: [.hessianTrace]
  ) { inputs in
    try zip(inputs.numbers(.hessianTrace), inputs.statistics.costs.layers).map { $0 / Double($1.parameters) }
  }

  /// The same without the division, as EMQ's code computes it.
  public static let hawqV2Trace = bitWeighted(
    "hawq_v2_trace", "Tr H", source: "arXiv 2307.10554", statistics: [.hessianTrace]
  ) { try $0.numbers(.hessianTrace) }

  /// The mean of the Gauss-Newton matrix's diagonal, free of the noise between layers that Hutchinson's traces have.
  public static let gaussNewtonTrace = bitWeighted(
    "gauss_newton_trace", "Tr GN / n", source: "JMLR 2020, Martens", statistics: [.gaussNewton]
  ) { inputs in try inputs.tensors(.gaussNewton).map { try $0.converted(to: .float64).mean().item() } }

  /// HAWQ-V2's own form, −Tr H / n · ‖ΔW‖² (Dong et al., arXiv 1911.03852, equation 10).
  public static let hawqV2Perturbation = perturbation(
    "hawq_v2_perturbation", "−Tr H / n · ‖ΔW‖²", source: "arXiv 1911.03852", statistics: [.hessianTrace],
    [.weightError]
  ) { inputs, layer, values in
    let parameters = Double(inputs.statistics.costs.layers[layer].parameters)
    return -(try inputs.numbers(.hessianTrace)[layer]) / parameters * values[0]
  }
}
