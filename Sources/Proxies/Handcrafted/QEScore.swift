import Foundation

extension HandcraftedProxy {
  /// The quantization entropy score, Σ ln σ(b_w) + ln σ(b_a), where σ(b) is the standard deviation of a standard normal
  /// number rounded to whole steps of a grid of b bits, −2ᵇ⁻¹ … 2ᵇ⁻¹ − 1 (Sun et al., "Entropy-Driven Mixed-Precision
  /// Quantization for Deep Network Design", NeurIPS 2022, equations 9 and 10).
  ///
  /// Terms of the original that do not depend on bits are left out, as they shift all scores alike. From 4 bits up σ
  /// hardly changes, and weights of the network play no part: the score all but counts the layers of 2 and 3 bits.
  public static let qeScore = HandcraftedProxy(
    name: "qe_score", formula: "ln σ(b_w) + ln σ(b_a)", source: "NeurIPS 2022", kind: .bitFunction
  ) { inputs in
    LayerBitScores(layerCount: inputs.statistics.layerNames.count) { _, weightBits, activationBits in
      log(roundedDeviation(bits: weightBits)) + log(roundedDeviation(bits: activationBits))
    }
  }

  /// The standard deviation of a standard normal number rounded to whole numbers −2ᵇ⁻¹ … 2ᵇ⁻¹ − 1.
  static func roundedDeviation(bits: Int) -> Double {
    func below(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
    let (low, high) = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    var (mean, square) = (0.0, 0.0)
    for level in low...high {
      let start = level == low ? 0 : below(Double(level) - 0.5)
      let end = level == high ? 1 : below(Double(level) + 0.5)
      mean += (end - start) * Double(level)
      square += (end - start) * Double(level * level)
    }
    return (square - mean * mean).squareRoot()
  }
}
