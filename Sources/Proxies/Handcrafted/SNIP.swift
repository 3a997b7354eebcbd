import Torch

extension HandcraftedProxy {
  /// SNIP, Σ|W ⊙ G| (Lee et al., arXiv 1810.02340, equation 5, before normalization).
  public static let snip = bitWeighted(
    "snip", "Σ|W·G|", source: "arXiv 1810.02340", asFormula: "to_sum(mul(abs(weight), abs(gradient)))",
    statistics: [.weight, .gradient]
  ) { inputs in
    try zip(inputs.tensors(.weight), inputs.tensors(.gradient)).map { weight, gradient in
      try weight.multiplied(by: gradient).absolute().converted(to: .float64).sum().item()
    }
  }
}
