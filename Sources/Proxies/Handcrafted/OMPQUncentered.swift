extension HandcraftedProxy {
  /// OMPQ with Gram matrices as they are, as in the paper's equation 5.
  public static let ompqUncentered = bitWeighted(
    "ompq_uncentered", "exp(−Σ ORM)", source: "arXiv 2109.07865", statistics: [.gram]
  ) { try orthogonality($0.tensors(.gram)) }
}
