import Torch

extension HandcraftedProxy {
  /// SynFlow, Σ|W| ⊙ V (Tanaka et al., arXiv 2006.05467, equation 4).
  ///
  /// The sum is the same for every layer that all paths lead through, so it tells such layers apart by rounding alone.
  public static let synflow = bitWeighted(
    "synflow", "Σ|W|·V", source: "arXiv 2006.05467", asFormula: "to_sum(mul(abs(weight), synflow))",
    statistics: [.weight, .synflow]
  ) { inputs in
    try zip(inputs.tensors(.weight), inputs.tensors(.synflow)).map { weight, virtual in
      try weight.absolute().converted(to: .float64).multiplied(by: virtual).sum().item()
    }
  }
}
