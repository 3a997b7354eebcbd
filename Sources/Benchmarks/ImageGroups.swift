/// The fixed groups that evaluation images are summed over: image i belongs to group i mod 20.
///
/// Sums by group are all that split-half reliability needs, in a fiftieth of the space of values by image.
public struct ImageGroups: Sendable, Equatable {
  /// How many groups there are.
  public static let count = 20

  /// Shares of views with the float network's prediction, summed by group.
  public var agreements: [Float]
  /// Cross-entropies, summed by group.
  public var losses: [Float]
  /// Divergences from the float network's output, summed by group.
  public var divergences: [Float]

  /// Makes sums of what is known by group.
  public init(agreements: [Float], losses: [Float], divergences: [Float]) {
    self.agreements = agreements
    self.losses = losses
    self.divergences = divergences
  }

  /// Sums what is known by image.
  init(agreements: [Double], losses: [Double], divergences: [Double]) {
    func sums(_ values: [Double]) -> [Float] {
      (0..<Self.count).map { group in
        Float(Self.images(group, imageCount: values.count).reduce(0) { $0 + values[$1] })
      }
    }
    self.agreements = sums(agreements)
    self.losses = sums(losses)
    self.divergences = sums(divergences)
  }

  /// The images of a group.
  static func images(_ group: Int, imageCount: Int) -> StrideTo<Int> {
    stride(from: group, to: imageCount, by: count)
  }
}
