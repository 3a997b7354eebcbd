extension HandcraftedProxy {
  /// HAWQ-V2's own form, −Tr H / n · ‖ΔW‖² (Dong et al., arXiv 1911.03852, equation 10).
  public static let hawqV2Perturbation = perturbation(
    "hawq_v2_perturbation", "−Tr H / n · ‖ΔW‖²", source: "arXiv 1911.03852", statistics: [.hessianTrace],
    [.weightError]
  ) { inputs, layer, values in
    let parameters = Double(inputs.statistics.costs.layers[layer].parameters)
    return -(try inputs.numbers(.hessianTrace)[layer]) / parameters * values[0]
  }
}
