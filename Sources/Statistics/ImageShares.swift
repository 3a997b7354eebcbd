import LayerStatistics
import Network
import Torch

/// Examples with labels, split into shares that are each computed on one thread and summed in order.
///
/// Shares have a fixed size, so results are the same for any number of threads.
struct ImageShares: Sendable {
  let inputs: Inputs
  let labels: [Int]
  let ranges: [Range<Int>]
  private let comparison: OutputComparison
  private let classCount: Int
  /// Labels of each example.
  private let positions: Int
  /// What the loss of a position counts in the loss of its example, so that the mean over examples is the mean over
  /// positions that count; 1 where an example has one class.
  let positionWeight: Double

  /// Splits examples into shares of at most 16, and fewer where a network's activations are large.
  ///
  /// - Parameters:
  ///   - comparison: how losses are measured.
  ///   - budget: elements of activations a share; less where more is kept of each.
  init(inputs: Inputs, labels: [Int], network: Network, comparison: OutputComparison, budget: Int) {
    self.inputs = inputs
    self.labels = labels
    self.comparison = comparison
    classCount = network.classCount
    positions = max(1, labels.count / max(1, inputs.count))
    let counted = labels.count { $0 != Inputs.ignoredLabel }
    positionWeight = labels.isEmpty ? 1 : Double(inputs.count) / Double(max(1, counted))
    let activations = network.layers.reduce(0) { $0 + $1.outputShape.reduce(1, *) }
    let size = max(1, min(16, budget / max(1, activations)))
    ranges = stride(from: 0, to: inputs.count, by: size).map { $0..<min(inputs.count, $0 + size) }
  }

  var count: Int { ranges.count }
  var imageCount: Int { inputs.count }

  /// The examples of a share.
  func batch(_ share: Int) throws -> Inputs { try inputs.examples(ranges[share]) }

  /// What outputs of a share should be: labels of all positions, int64; of values the float network's own outputs, off by a standard error.
  ///
  /// - Parameter float: the float network's outputs.
  func target(_ share: Int, float: Tensor) throws -> Tensor {
    switch comparison.objective {
    case .classes:
      let range = ranges[share].lowerBound * positions..<ranges[share].upperBound * positions
      return try Tensor(labels[range].map { Int64($0) }, shape: [range.count])
    case .values:
      return try comparison.drawnValues(
        float.detached(), firstExample: ranges[share].lowerBound, seed: Self.targetSeed)
    }
  }

  private static let targetSeed: UInt64 = 1

  /// The loss of a share's outputs, summed over its examples.
  func loss(of output: Tensor, target: Tensor) throws -> Tensor {
    switch comparison.objective {
    case .classes: return try crossEntropy(output, target: target, examples: 1)
    case .values:
      return try comparison.halfSquares(of: output, from: target.converted(to: output.elementType)).sum()
    }
  }

  /// A share's part of the mean loss L over all examples.
  func loss(_ share: Int, logits: Tensor) throws -> Tensor {
    let target = try target(share, float: logits)
    switch comparison.objective {
    case .classes:
      return try crossEntropy(logits, target: target, examples: Double(inputs.count))
    case .values: return try loss(of: logits, target: target).scaled(by: 1 / Double(inputs.count))
    }
  }

  /// The cross-entropy of outputs, summed over their examples and divided by a number of these.
  private func crossEntropy(_ output: Tensor, target: Tensor, examples: Double) throws -> Tensor {
    let rows = try output.classRows(classCount)
    let counted = try target.integers().count { $0 != Inputs.ignoredLabel }
    // The mean over no positions is not a number.
    guard counted > 0 else { return try rows.sum().scaled(by: 0) }
    return try rows.crossEntropy(labels: target).scaled(by: positionWeight * Double(counted) / examples)
  }

  /// The loss's derivative by a share's outputs, of each example's own loss.
  func lossDerivative(_ share: Int, logits: Tensor) throws -> Tensor {
    try withoutGradients {
      let float = try logits.detached()
      let target = try target(share, float: float)
      switch comparison.objective {
      case .classes:
        // p − y.
        let p = try float.classRows(classCount).logSoftmax(dimension: 1).applying("exp")
        let known = try target.clamped(0, Double(classCount - 1))
        let labels = try Tensor.single(
          "aten::one_hot", [.tensor(known.converted(to: .int64)), .int(classCount)])
        let derivative = try p.subtracting(labels.converted(to: p.elementType))
        guard positions > 1 else { return derivative }
        let counts = try target.integers().map { $0 == Inputs.ignoredLabel ? 0 : positionWeight }
        return try derivative.multiplied(
          by: Tensor(counts, shape: [counts.count, 1]).converted(to: p.elementType)
        ).reshaped(float.shape)
      case .values:
        let squares = try comparison.rootWeights(count: float.shape[1]).squared()
        return try float.subtracting(target).multiplied(by: squares.converted(to: float.elementType))
      }
    }
  }
}

extension ImageShares {
  /// Shares that are computed before their results are summed, which bounds the memory that results take.
  private static let wave = 4

  /// Computes all shares, some at a time, and merges their results in order.
  ///
  /// - Parameters:
  ///   - compute: gives a share's result; called from several threads.
  ///   - merge: takes the results in the order of the shares; called from one thread, without gradients.
  func forEach<Result: Sendable>(
    threads: Int, compute: @Sendable (_ share: Int) throws -> Result, merge: (Result) throws -> Void
  ) throws {
    for start in stride(from: 0, to: count, by: Self.wave) {
      let results = try parallelTensorMap(count: min(Self.wave, count - start), threads: threads) { offset in
        try compute(start + offset)
      }
      try onSingleThread { try withoutGradients { for result in results { try merge(result) } } }
    }
  }
}

/// Sums lists of tensors, in order.
func sum(_ parts: [[Tensor]]) throws -> [Tensor] {
  guard var total = parts.first else { return [] }
  for part in parts.dropFirst() { total = try zip(total, part).map { try $0.adding($1) } }
  return total
}

/// Adds tensors to sums of them; either may be empty.
func add(_ tensors: [Tensor], to sums: inout [Tensor]) throws {
  guard !tensors.isEmpty else { return }
  sums = try sums.isEmpty ? tensors : zip(sums, tensors).map { try $0.adding($1) }
}

/// Collects tensors from a tap, by layer.
final class TensorCollector {
  var tensors: [Tensor?]
  init(count: Int) { tensors = Array(repeating: nil, count: count) }
}

extension Tensor {
  /// Zeros of another tensor's shape and type.
  static func zeros(like other: Tensor) throws -> Tensor {
    try full(0, shape: other.shape, elementType: other.elementType)
  }

  /// Σ x ⊙ y, accumulated in double precision.
  package func innerProduct(_ other: Tensor) throws -> Double {
    try Tensor.single(
      "aten::dot",
      [
        .tensor(converted(to: .float64).contiguous().reshaped([-1])),
        .tensor(other.converted(to: .float64).contiguous().reshaped([-1])),
      ]
    ).item()
  }
}
