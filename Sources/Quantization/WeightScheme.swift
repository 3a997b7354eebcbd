/// Which grid a weight is rounded to.
///
/// A number q of a grid of b bits stands for (q − z) · s. Asymmetric grids have q in 0 ... 2ᵇ−1 and an integer zero
/// point z; symmetric ones q in −2ᵇ⁻¹ ... 2ᵇ⁻¹−1 and z = 0.
public struct WeightScheme: Sendable, Hashable, Codable {
  /// Whether the grid has a zero point.
  public enum Symmetry: String, Sendable, Codable, CaseIterable {
    /// Asymmetric for up to 4 bits, where a level more or less counts; symmetric for more.
    case automatic
    /// The zero point is 0.
    case symmetric
    /// The zero point is chosen.
    case asymmetric
  }

  /// What has a scale and a zero point of its own.
  public enum Granularity: String, Sendable, Codable, CaseIterable {
    /// Each output channel.
    case channel
    /// The weight as a whole.
    case tensor
  }

  /// Whether the grid has a zero point.
  public var symmetry: Symmetry
  /// What has a scale and a zero point of its own.
  public var granularity: Granularity

  /// Makes a scheme.
  public init(symmetry: Symmetry = .automatic, granularity: Granularity = .channel) {
    self.symmetry = symmetry
    self.granularity = granularity
  }

  /// Whether weights of some bits have no zero point.
  public func isSymmetric(bits: Int) -> Bool {
    switch symmetry {
    case .automatic: bits > 4
    case .symmetric: true
    case .asymmetric: false
    }
  }
}
