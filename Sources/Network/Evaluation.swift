import Foundations
import Torch

/// What a network makes of labelled examples, or of their positions where each has a class.
public struct Evaluation: Sendable {
  /// Outputs of each example, batch by batch.
  public let logits: [Tensor]
  /// The share of positions whose class has the highest logit, 0 to 1.
  public let top1: Double
  /// The share of positions whose class is among the five highest logits, 0 to 1.
  public let top5: Double
  /// The mean cross-entropy in nats.
  public let loss: Double
  /// The cross-entropy of each position that counts.
  public let losses: [Float]
  /// Whether the class of each position that counts has the highest logit.
  public let correct: [Bool]
  /// The class with the highest logit, for each position; the first one among equals.
  public let predictions: [Int]
  /// How many positions of each example count.
  public let positionCounts: [Int]
  /// Whether each position counts.
  private let counts: [Bool]

  /// Works out the figures of logits [N, classes], or [N, positions · classes] where each position has a class.
  ///
  /// - Parameters:
  ///   - logits: batches in order.
  ///   - labels: the class of each position, over all batches, `Inputs.ignoredLabel` for those that do not count; none where
  ///     classes are not known, so that all but predictions is not a number.
  ///   - classCount: 0 for outputs that are values, of which nothing but the outputs themselves is known.
  /// - Throws: `NetworkError` where there are other numbers of labels and positions.
  public init(logits: [Tensor], labels: [Int], classCount: Int) throws {
    var losses: [Float] = []
    var correct: [Bool] = []
    var predictions: [Int] = []
    var counts: [Bool] = []
    var positionCounts: [Int] = []
    var amongFive = 0
    for batch in classCount > 0 ? logits : [] {
      let rows = try batch.classRows(classCount)
      let values = try rows.logSoftmax(dimension: 1).floats()
      guard labels.isEmpty || predictions.count + rows.shape[0] <= labels.count else {
        throw Self.wrongCount(labels.count, predictions.count + rows.shape[0])
      }
      for row in 0..<rows.shape[0] {
        let scores = values[row * classCount..<(row + 1) * classCount]
        predictions.append(scores.indices.max { scores[$0] < scores[$1] }.map { $0 - scores.startIndex } ?? 0)
        let label = labels.isEmpty ? 0 : labels[predictions.count - 1]
        counts.append(label != Inputs.ignoredLabel)
        guard !labels.isEmpty, label != Inputs.ignoredLabel else { continue }
        let own = 0..<classCount ~= label ? scores[scores.startIndex + label] : -.infinity
        // A logit that is not a number ranks below all, so it never counts as right.
        let above = scores.enumerated().count { $0.element > own || ($0.element == own && $0.offset < label) }
        let isRanked = own.isFinite
        correct.append(isRanked && above == 0)
        if isRanked && above < 5 { amongFive += 1 }
        losses.append(-own)
      }
      let positions = rows.shape[0] / max(1, batch.shape[0])
      for example in 0..<batch.shape[0] {
        let first = counts.count - rows.shape[0] + example * positions
        positionCounts.append(counts[first..<first + positions].count { $0 })
      }
    }
    guard labels.isEmpty || predictions.count == labels.count else {
      throw Self.wrongCount(labels.count, predictions.count)
    }
    let count = Double(max(1, losses.count))
    self.logits = logits
    self.losses = losses
    self.correct = correct
    self.predictions = predictions
    self.counts = counts
    self.positionCounts = positionCounts
    let isKnown = !losses.isEmpty || logits.isEmpty
    top1 = isKnown ? Double(correct.count { $0 }) / count : .nan
    top5 = isKnown ? Double(amongFive) / count : .nan
    loss = isKnown ? losses.reduce(0) { $0 + Double($1) } / count : .nan
  }

  private static func wrongCount(_ labels: Int, _ positions: Int) -> NetworkError {
    NetworkError.input("there are \(labels) labels, but outputs of \(positions) positions or more")
  }
}

extension Evaluation {
  /// The share of positions that count with the same prediction, 0 to 1.
  public func agreement(with other: Evaluation) -> Double {
    let equal = predictions.indices.count {
      counts[$0] && $0 < other.predictions.count && predictions[$0] == other.predictions[$0]
    }
    return Double(equal) / Double(max(1, counts.count { $0 }))
  }

  /// For each example, the sum of a number of each position that counts, times examples and divided by positions, so that
  /// the mean over examples is that over positions.
  public func byExample(_ values: [Double]) -> [Double] {
    let positions = positionCounts.reduce(0, +)
    guard positions == values.count, positionCounts.contains(where: { $0 != 1 }) else { return values }
    let factor = Double(positionCounts.count) / Double(max(1, positions))
    var first = 0
    return positionCounts.map { count in
      defer { first += count }
      return factor * values[first..<first + count].reduce(0, +)
    }
  }

  /// For each example, whether it is right, 1 or 0; where it has several positions, how many are right beside how many
  /// there are of an example on average.
  public var exampleShares: [Double] { byExample(correct.map { $0 ? 1 : 0 }) }

  /// The standard error of ``top1`` over examples.
  public var standardError: Double {
    let shares = exampleShares
    let count = Double(max(1, shares.count))
    guard shares.count != correct.count else { return (top1 * (1 - top1) / count).squareRoot() }
    // Positions of one example are not independent of each other.
    let expected = byExample(correct.map { _ in top1 })
    let squares = zip(shares, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (squares / max(1, count - 1) / count).squareRoot()
  }
}

extension Network {
  /// Runs batches, one a thread, and returns outputs [N, numbers] in their order.
  public func logits(
    batches: [Inputs], threads: Int, progress: ProgressHandler? = nil,
    taps: @Sendable () -> Taps = { Taps() }
  ) throws -> [Tensor] {
    let done = ProgressCounter(total: batches.count, handler: progress)
    return try parallelTensorMap(count: batches.count, threads: threads) { index in
      defer { done.advance() }
      return try logits(batches[index], taps: taps())
    }
  }
}
