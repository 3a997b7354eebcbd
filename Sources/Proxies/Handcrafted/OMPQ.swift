import Torch

extension HandcraftedProxy {
  /// OMPQ, e^{−Σ ORM} over the other layers: what is least like the rest gets the most bits (Ma et al., arXiv
  /// 2109.07865, section 3, with β = 1). ORM compares Gram matrices of layers' outputs, ⟨K, K′⟩ / (‖K‖ ‖K′‖), centred in
  /// rows and columns as in the published code.
  public static let ompq = bitWeighted(
    "ompq", "exp(−Σ ORM), centred", source: "arXiv 2109.07865", statistics: [.gram]
  ) { try orthogonality($0.tensors(.gram).map(centred)) }

  private static func centred(_ gram: Tensor) throws -> Tensor {
    try gram.subtracting(gram.mean(over: [0], keepingRank: true))
      .subtracting(gram.mean(over: [1], keepingRank: true)).adding(gram.mean())
  }
}
