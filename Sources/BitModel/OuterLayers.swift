/// What becomes of the first and the last quantizable layer, which suffer most from few bits: they keep 8, or have a
/// choice as all others. Layers that multiply nothing, such as tables of tokens, do not count.
///
/// All that draws, chooses or rounds configurations asks this value, so that the policy is said once.
public struct OuterLayers: Hashable, Sendable {
  /// Bits of the outer layers' weights; nil where they are chosen as those of other layers.
  public let weightBits: Int?

  private init(weightBits: Int?) { self.weightBits = weightBits }

  /// The outer layers keep 8 bits, as in the paper.
  public static let keepEight = keeping(8)

  /// The outer layers are chosen as all others.
  public static let free = OuterLayers(weightBits: nil)

  /// The outer layers' weights have these bits.
  public static func keeping(_ weightBits: Int) -> OuterLayers { OuterLayers(weightBits: weightBits) }

  /// The bits that a layer's weight keeps; nil where it has a choice.
  public func fixedBits(layer: Int, of costs: CostModel) -> Int? {
    Self.isOuter(layer, of: costs) ? weightBits : nil
  }

  /// Bits for each layer: those that the outer ones keep, and those given for all others.
  public func weightBits(others: Int, costs: CostModel) -> [Int] {
    costs.layers.indices.map { fixedBits(layer: $0, of: costs) ?? others }
  }

  /// Whether a layer is the first or the last one.
  public static func isOuter(_ layer: Int, of costs: CostModel) -> Bool {
    layer == costs.layers.firstIndex { $0.macs > 0 } || layer == costs.layers.lastIndex { $0.macs > 0 }
  }
}
