import LayerStatistics
import Network
import Torch

/// Images with labels, split into shares that are each computed on one thread and summed in order.
///
/// Shares have a fixed size, so results are the same for any number of threads.
struct ImageShares: Sendable {
  let images: Tensor
  let labels: [Int]
  let ranges: [Range<Int>]

  /// Splits images into shares of at most 16, and fewer where a network's activations are large.
  ///
  /// - Parameter budget: elements of activations a share; less where more is kept of each.
  init(images: Tensor, labels: [Int], network: Network, budget: Int) {
    self.images = images
    self.labels = labels
    let activations = network.layers.reduce(0) { $0 + $1.outputShape.reduce(1, *) }
    let size = max(1, min(16, budget / max(1, activations)))
    ranges = stride(from: 0, to: labels.count, by: size).map { $0..<min(labels.count, $0 + size) }
  }

  var count: Int { ranges.count }
  var imageCount: Int { labels.count }

  /// The images of a share.
  func batch(_ share: Int) throws -> Tensor {
    try images.sliced(dimension: 0, from: ranges[share].lowerBound, to: ranges[share].upperBound)
  }

  /// The labels of a share, int64.
  func target(_ share: Int) throws -> Tensor {
    try Tensor(labels[ranges[share]].map { Int64($0) }, shape: [ranges[share].count])
  }

  /// A share's part of the mean cross-entropy L over all images.
  func loss(_ share: Int, logits: Tensor) throws -> Tensor {
    try logits.crossEntropy(labels: target(share)).scaled(
      by: Double(ranges[share].count) / Double(labels.count))
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
