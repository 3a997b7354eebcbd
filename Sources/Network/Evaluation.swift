import Foundations
import Torch

/// What a network makes of labelled images.
public struct Evaluation: Sendable {
  /// Logits of each image, batch by batch.
  public let logits: [Tensor]
  /// The share of images whose class has the highest logit, 0 to 1.
  public let top1: Double
  /// The share of images whose class is among the five highest logits, 0 to 1.
  public let top5: Double
  /// The mean cross-entropy in nats.
  public let loss: Double
  /// The cross-entropy of each image.
  public let losses: [Float]
  /// Whether each image's class has the highest logit.
  public let correct: [Bool]
  /// The class with the highest logit, for each image; the first one among equals.
  public let predictions: [Int]

  /// Works out the figures of logits [N, classes].
  ///
  /// - Parameters:
  ///   - logits: batches in order.
  ///   - labels: the class of each image, over all batches; none for outputs that are values, of which nothing but the
  ///     outputs themselves is known.
  public init(logits: [Tensor], labels: [Int]) throws {
    var losses: [Float] = []
    var correct: [Bool] = []
    var predictions: [Int] = []
    var amongFive = 0
    // Outputs that are values have no classes, and none is right.
    for batch in labels.isEmpty ? [] : logits {
      let values = try batch.logSoftmax(dimension: 1).floats()
      let classes = batch.shape[1]
      for row in 0..<batch.shape[0] {
        let scores = values[row * classes..<(row + 1) * classes]
        let label = labels[losses.count]
        let own = label < classes ? scores[scores.startIndex + label] : -.infinity
        // A logit that is not a number ranks below all, so it never counts as right.
        let above = scores.enumerated().count { $0.element > own || ($0.element == own && $0.offset < label) }
        let isRanked = own.isFinite
        correct.append(isRanked && above == 0)
        if isRanked && above < 5 { amongFive += 1 }
        losses.append(-own)
        predictions.append(scores.indices.max { scores[$0] < scores[$1] }.map { $0 - scores.startIndex } ?? 0)
      }
    }
    let count = Double(max(1, losses.count))
    self.logits = logits
    self.losses = losses
    self.correct = correct
    self.predictions = predictions
    let isKnown = !losses.isEmpty || logits.isEmpty
    top1 = isKnown ? Double(correct.count { $0 }) / count : .nan
    top5 = isKnown ? Double(amongFive) / count : .nan
    loss = isKnown ? losses.reduce(0) { $0 + Double($1) } / count : .nan
  }
}

extension Evaluation {
  /// The share of images with the same prediction, 0 to 1.
  public func agreement(with other: Evaluation) -> Double {
    Double(zip(predictions, other.predictions).count { $0 == $1 }) / Double(max(1, predictions.count))
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
