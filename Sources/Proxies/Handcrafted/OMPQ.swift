import Foundation
import LayerStatistics
import Torch

extension HandcraftedProxy {
  /// OMPQ, e^{−Σ ORM} over the other layers: what is least like the rest gets the most bits (Ma et al., arXiv
  /// 2109.07865, section 3, with β = 1). ORM compares Gram matrices of layers' outputs, ⟨K, K′⟩ / (‖K‖ ‖K′‖), centred in
  /// rows and columns as in the published code.
  public static let ompq = bitWeighted(
    "ompq", "exp(−Σ ORM), centred", source: "arXiv 2109.07865", statistics: [.gram]
  ) { try orthogonality($0.tensors(.gram).map(centred)) }

  /// OMPQ with Gram matrices as they are, as in the paper's equation 5.
  public static let ompqUncentered = bitWeighted(
    "ompq_uncentered", "exp(−Σ ORM)", source: "arXiv 2109.07865", statistics: [.gram]
  ) { try orthogonality($0.tensors(.gram)) }

  private static func centred(_ gram: Tensor) throws -> Tensor {
    try gram.subtracting(gram.mean(over: [0], keepingRank: true))
      .subtracting(gram.mean(over: [1], keepingRank: true)).adding(gram.mean())
  }

  private static func orthogonality(_ grams: [Tensor]) throws -> [Double] {
    let directions = try grams.map { gram in
      try gram.scaled(by: 1 / gram.squared().sum().item().squareRoot()).contiguous().reshaped([1, -1])
    }
    let all = try Tensor.concatenated(directions, dimension: 0)
    let products = try Tensor.single("aten::mm", [.tensor(all), .tensor(all.permuted([1, 0]))]).doubles()
    return grams.indices.map { layer in
      let row = products[layer * grams.count..<(layer + 1) * grams.count]
      return exp(-(row.reduce(0, +) - products[layer * grams.count + layer]))
    }
  }
}
