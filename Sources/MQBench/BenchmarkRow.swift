import Foundation
import Support

/// A bit configuration and what was measured of it.
public struct BenchmarkRow: Sendable, Equatable {
  /// The bits of each layer.
  public var configuration: BitConfiguration
  /// The share of evaluation images whose class has the highest logit, 0 to 1.
  public var top1: Double
  /// The mean cross-entropy in nats.
  public var loss: Double
  /// The share of evaluation images with the same prediction as the float network, 0 to 1.
  public var agreement: Double
  /// A bit for each evaluation image, set where it was classified rightly; the first image is the lowest bit.
  public var correct: Data
  /// Wall-clock seconds that the measurement took.
  public var seconds: Double

  /// Makes a row.
  public init(
    configuration: BitConfiguration, top1: Double, loss: Double, agreement: Double, correct: [Bool],
    seconds: Double
  ) {
    self.configuration = configuration
    self.top1 = top1
    self.loss = loss
    self.agreement = agreement
    var bits = Data(count: (correct.count + 7) / 8)
    for (index, isCorrect) in correct.enumerated() where isCorrect {
      bits[index / 8] |= 1 << UInt8(index % 8)
    }
    self.correct = bits
    self.seconds = seconds
  }

  init(
    configuration: BitConfiguration, top1: Double, loss: Double, agreement: Double, bits: Data,
    seconds: Double
  ) {
    self.configuration = configuration
    self.top1 = top1
    self.loss = loss
    self.agreement = agreement
    self.correct = bits
    self.seconds = seconds
  }

  /// Whether the image at a position was classified rightly.
  public func isCorrect(_ index: Int) -> Bool {
    index / 8 < correct.count && correct[correct.startIndex + index / 8] >> UInt8(index % 8) & 1 == 1
  }
}

/// Keeps the rows of one benchmark.
public protocol BenchmarkStore: Sendable {
  /// What the rows have in common.
  var description: BenchmarkDescription { get }
  /// All rows, in the order of the configurations' text.
  func rows() throws -> [BenchmarkRow]
  /// The configurations that have a row.
  func configurations() throws -> Set<BitConfiguration>
  /// Adds a row; one of the same configuration stays as it is.
  func insert(_ row: BenchmarkRow) throws
}
