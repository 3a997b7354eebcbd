import Statistics
import Torch

extension HandcraftedProxy {
  /// SynFlow, Σ|W| ⊙ V (Tanaka et al., arXiv 2006.05467, equation 4).
  public static let synflow = HandcraftedProxy(name: "synflow", formula: "Σ|W|·V") {
    try zip(require(.weight, of: $0), require(.synflow, of: $0)).map { weight, virtual in
      try weight.absolute().multiplied(by: virtual).converted(to: .float64).sum().item()
    }
  }
}
