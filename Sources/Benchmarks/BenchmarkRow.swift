import BitModel
import Foundation

/// A bit configuration and what was measured of it.
public struct BenchmarkRow: Sendable, Equatable {
  /// Why a configuration was measured.
  public enum Role: String, Sendable, Codable, CaseIterable {
    /// It was drawn by the benchmark's design; proxies are ranked on these.
    case drawn
    /// It has the same bits everywhere but in the first and last layer, as a reference.
    case uniform
  }

  /// The bits of each layer.
  public var configuration: BitConfiguration
  /// Why it was measured.
  public var role: Role
  /// The share of evaluation images whose class has the highest logit, 0 to 1.
  public var top1: Double
  /// The mean cross-entropy in nats.
  public var loss: Double
  /// The mean Kullback-Leibler divergence from the float network's output in nats.
  public var divergence: Double
  /// The share of evaluation images with the same prediction as the float network, 0 to 1.
  public var agreement: Double
  /// A bit for each evaluation image, set where it was classified rightly; the first image is the lowest bit. None is
  /// where an example has several classes.
  public var correct: Data
  /// Sums by group of images.
  public var groups: ImageGroups
  /// Wall-clock seconds that the measurement took; nil where that is not known.
  public var seconds: Double?

  /// Makes a row of its parts.
  public init(
    configuration: BitConfiguration, role: Role, top1: Double, loss: Double, divergence: Double,
    agreement: Double, correct: Data, groups: ImageGroups, seconds: Double?
  ) {
    self.configuration = configuration
    self.role = role
    self.top1 = top1
    self.loss = loss
    self.divergence = divergence
    self.agreement = agreement
    self.correct = correct
    self.groups = groups
    self.seconds = seconds
  }

  /// The greatest loss and divergence that an image counts with; logits that are not numbers have these.
  public static let greatestLoss = 1000.0

  /// Makes a row of what was measured image by image.
  ///
  /// - Parameters:
  ///   - configuration: the bits of each layer.
  ///   - role: what the row is for.
  ///   - correct: for each image, whether its class was found.
  ///   - agreements: for each image, the share of its views with the float network's prediction.
  ///   - losses: for each image, the cross-entropy in nats.
  ///   - divergences: for each image, the divergence from the float network's prediction in nats.
  ///   - seconds: how long the measurement took; nil where that is not known.
  public init(
    configuration: BitConfiguration, role: Role = .drawn, correct: [Bool], agreements: [Double],
    losses: [Double], divergences: [Double], seconds: Double?
  ) {
    func bounded(_ value: Double) -> Double {
      value.isNaN ? Self.greatestLoss : max(0, min(Self.greatestLoss, value))
    }
    let losses = losses.map(bounded)
    let divergences = divergences.map(bounded)
    let count = Double(max(1, correct.count))
    var bits = Data(count: (correct.count + 7) / 8)
    for (index, isCorrect) in correct.enumerated() where isCorrect {
      bits[index / 8] |= 1 << UInt8(index % 8)
    }
    self.init(
      configuration: configuration, role: role, top1: Double(correct.count { $0 }) / count,
      loss: losses.reduce(0, +) / count, divergence: divergences.reduce(0, +) / count,
      agreement: agreements.reduce(0, +) / count, correct: bits,
      groups: ImageGroups(agreements: agreements, losses: losses, divergences: divergences), seconds: seconds)
  }

  /// Whether the image at a position was classified rightly.
  public func isCorrect(_ index: Int) -> Bool {
    index / 8 < correct.count && correct[correct.startIndex + index / 8] >> UInt8(index % 8) & 1 == 1
  }
}
