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

  /// Splits examples into shares of at most 16, and fewer where a network's activations are large.
  ///
  /// - Parameters:
  ///   - comparison: how losses are measured.
  ///   - budget: elements of activations a share; less where more is kept of each.
  init(inputs: Inputs, labels: [Int], network: Network, comparison: OutputComparison, budget: Int) {
    self.inputs = inputs
    self.labels = labels
    self.comparison = comparison
    let activations = network.layers.reduce(0) { $0 + $1.outputShape.reduce(1, *) }
    let size = max(1, min(16, budget / max(1, activations)))
    ranges = stride(from: 0, to: inputs.count, by: size).map { $0..<min(inputs.count, $0 + size) }
  }

  var count: Int { ranges.count }
  var imageCount: Int { inputs.count }

  /// The examples of a share.
  func batch(_ share: Int) throws -> Inputs { try inputs.examples(ranges[share]) }

  /// What outputs of a share should be: labels, int64; of values the float network's own outputs, off by a standard error.
  ///
  /// - Parameter float: the float network's outputs.
  func target(_ share: Int, float: Tensor) throws -> Tensor {
    switch comparison.objective {
    case .classes: try Tensor(labels[ranges[share]].map { Int64($0) }, shape: [ranges[share].count])
    case .values:
      try comparison.drawnValues(
        float.detached(), firstExample: ranges[share].lowerBound, seed: Self.targetSeed)
    }
  }

  private static let targetSeed: UInt64 = 1

  /// The loss of a share's outputs, summed over its examples.
  func loss(of output: Tensor, target: Tensor) throws -> Tensor {
    switch comparison.objective {
    case .classes: try output.crossEntropy(labels: target).scaled(by: Double(output.shape[0]))
    case .values: try comparison.halfSquares(of: output, from: target.converted(to: output.elementType)).sum()
    }
  }

  /// A share's part of the mean loss L over all examples.
  func loss(_ share: Int, logits: Tensor) throws -> Tensor {
    let target = try target(share, float: logits)
    switch comparison.objective {
    case .classes:
      return try logits.crossEntropy(labels: target).scaled(
        by: Double(ranges[share].count) / Double(inputs.count))
    case .values: return try loss(of: logits, target: target).scaled(by: 1 / Double(inputs.count))
    }
  }

  /// The loss's derivative by a share's outputs, of each example's own loss.
  func lossDerivative(_ share: Int, logits: Tensor) throws -> Tensor {
    try withoutGradients {
      let float = try logits.detached()
      let target = try target(share, float: float)
      switch comparison.objective {
      case .classes:
        // p − y.
        let p = try float.logSoftmax(dimension: 1).applying("exp")
        let labels = try Tensor.single("aten::one_hot", [.tensor(target), .int(float.shape[1])])
        return try p.subtracting(labels.converted(to: p.elementType))
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
