/// A baseline for proxies: quantizing and running each configuration on a few images.
///
/// The mean divergence from the float network's output on these images is the score, and the truth is what was measured on
/// all the other images. A benchmark's rows keep sums over groups of images, so the few images are whole groups: as many
/// groups as come nearest to 50 images. Where divergences are means over views of each image, they are those of all views.
public struct DirectDivergence: Sendable, Equatable {
  /// How many images the score takes.
  public let imageCount: Int
  /// The score of each configuration, higher for less divergence.
  public let scores: [Double]
  /// What was measured on the other images, higher is better.
  public let truth: [Double]

  /// The number of images that is come near to.
  public static let wantedImages = 50

  /// What a row of a ranking is called.
  public var title: String { "direct divergence (\(imageCount) images)" }

  /// Measures on several disjoint sets of images, each with the truth of the images that are not in it.
  ///
  /// - Parameters:
  ///   - measure: what is the truth.
  ///   - rows: the benchmark's configurations.
  ///   - imageCount: how many evaluation images the benchmark has.
  ///   - count: how many sets at most; there are as many as the images make up.
  /// - Returns: none where the images do not suffice for a truth apart from the score.
  public static func replicates(
    _ measure: Measure, rows: [BenchmarkRow], imageCount: Int, count: Int = 5
  ) -> [DirectDivergence] {
    let groups = min(ImageGroups.count, imageCount)
    guard groups >= 2, !rows.isEmpty else { return [] }
    let size = max(
      1,
      min(groups / 2, Int((Double(wantedImages * ImageGroups.count) / Double(imageCount)).rounded())))
    return (0..<min(count, groups / size)).map { index in
      DirectDivergence(
        measure, rows: rows, imageCount: imageCount, groups: index * size..<(index + 1) * size)
    }
  }

  private init(_ measure: Measure, rows: [BenchmarkRow], imageCount: Int, groups: Range<Int>) {
    func images(_ group: Int) -> Int { Array(ImageGroups.images(group, imageCount: imageCount)).count }
    let seen = groups.reduce(0) { $0 + images($1) }
    let unseen = imageCount - seen
    self.imageCount = seen
    scores = rows.map { row in
      let divergences = Measure.kl.goodnessByGroup(row, imageCount: imageCount)
      return groups.reduce(0) { $0 + divergences[$1] } / Double(max(1, seen))
    }
    truth = rows.map { row in
      let values = measure.goodnessByGroup(row, imageCount: imageCount)
      return values.indices.reduce(0) { groups.contains($1) ? $0 : $0 + values[$1] }
        / Double(max(1, unseen))
    }
  }
}
