import Statistics
import Torch

extension HandcraftedProxy {
  /// SNIP, Σ|W ⊙ G| (Lee et al., arXiv 1810.02340, equation 5, before normalization).
  public static let snip = HandcraftedProxy(name: "snip", formula: "Σ|W·G|") {
    try zip(require(.weight, of: $0), require(.gradient, of: $0)).map { weight, gradient in
      try weight.multiplied(by: gradient).absolute().sum().item()
    }
  }

  /// Plain, ΣW ⊙ G (Mozer and Smolensky, "Skeletonization", NIPS 1988, as used for networks by Abdelfattah et
  /// al., arXiv 2101.08134).
  public static let plain = HandcraftedProxy(name: "plain", formula: "ΣW·G") {
    try zip(require(.weight, of: $0), require(.gradient, of: $0)).map { weight, gradient in
      try weight.multiplied(by: gradient).sum().item()
    }
  }

  /// The norm of the gradient, ‖G‖ (Abdelfattah et al., arXiv 2101.08134, section 3.2).
  public static let gradientNorm = HandcraftedProxy(name: "grad_norm", formula: "‖G‖") {
    try require(.gradient, of: $0).map { try $0.squared().sum().item().squareRoot() }
  }
}
