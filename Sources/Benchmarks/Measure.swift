/// What is measured of a bit configuration, and can be the ground truth that proxies are to rank by.
public enum Measure: String, Sendable, Codable, CaseIterable {
  /// The share of evaluation images whose class has the highest logit.
  case top1
  /// The mean cross-entropy with the labels, nats.
  case loss
  /// The mean Kullback-Leibler divergence from the float network's output, nats.
  case kl
  /// The share of evaluation images with the same prediction as the float network.
  case agreement

  /// Whether it is a share of images, 0 to 1; others are in nats.
  public var isShare: Bool {
    switch self {
    case .top1, .agreement: true
    case .loss, .kl: false
    }
  }

  /// What it is in a row.
  public func value(_ row: BenchmarkRow) -> Double {
    switch self {
    case .top1: row.top1
    case .loss: row.loss
    case .kl: row.divergence
    case .agreement: row.agreement
    }
  }

  /// What it is in a row, turned so that higher is better.
  public func goodness(_ row: BenchmarkRow) -> Double { sign * value(row) }

  /// What it is in each group of images, summed, turned so that higher is better.
  func goodnessByGroup(_ row: BenchmarkRow, imageCount: Int) -> [Double] {
    switch self {
    case .top1:
      (0..<ImageGroups.count).map { group in
        Double(ImageGroups.images(group, imageCount: imageCount).count { row.isCorrect($0) })
      }
    case .loss: row.groups.losses.map { sign * Double($0) }
    case .kl: row.groups.divergences.map { sign * Double($0) }
    case .agreement: row.groups.agreements.map { Double($0) }
    }
  }

  private var sign: Double { isShare ? 1 : -1 }
}
