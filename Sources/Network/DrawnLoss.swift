import Foundations
import Torch

extension OutputComparison {
  /// The loss of all examples with answers that are drawn from the network's own output, whose squared gradient is the
  /// Fisher information: classes from the softmax of logits, and values that are off by
  /// one standard error to either side.
  ///
  /// - Parameters:
  ///   - output: [N, numbers], of which gradients are taken.
  ///   - reference: the same numbers, detached.
  ///   - firstExample: the position of the first example among all, from which randomness is derived.
  ///   - seed: what randomness is derived from.
  public func drawnLoss(of output: Tensor, reference: Tensor, firstExample: Int, seed: UInt64) throws
    -> Tensor
  {
    switch objective {
    case .classes:
      let rows = try reference.classRows(classCount)
      let positions = rows.shape[0] / max(1, reference.shape[0])
      let labels = try drawnClasses(logits: rows, firstRow: firstExample * positions, seed: seed)
      // The mean over the batch is undone, so that each example's gradient is its own.
      return try output.classRows(classCount).crossEntropy(labels: labels).scaled(by: Double(rows.shape[0]))
    case .values:
      return try halfSquares(
        of: output, from: drawnValues(reference, firstExample: firstExample, seed: seed)
      ).sum()
    }
  }

  /// Values that are off by one standard error to either side, in the type of those given.
  public func drawnValues(_ reference: Tensor, firstExample: Int, seed: UInt64) throws -> Tensor {
    try withoutGradients {
      let count = reference.shape[1]
      let numbers = (0..<reference.shape[0]).flatMap { example -> [Double] in
        var stream = RandomStream(seed: seed, purpose: "fisher value", index: UInt64(firstExample + example))
        return (0..<count).map { _ in stream.next() & 1 == 0 ? -1 : 1 }
      }
      let drawn = try errors(Tensor(numbers, shape: reference.shape))
      return try reference.adding(drawn.converted(to: reference.elementType))
    }
  }

  private func drawnClasses(logits: Tensor, firstRow: Int, seed: UInt64) throws -> Tensor {
    let probabilities = try withoutGradients {
      try Tensor.single("aten::softmax", overload: "int", [.tensor(logits), .int(-1)]).doubles()
    }
    let classes = logits.shape[1]
    let labels = (0..<logits.shape[0]).map { row -> Int64 in
      var stream = RandomStream(seed: seed, purpose: "fisher label", index: UInt64(firstRow + row))
      var left = stream.uniform()
      for label in 0..<classes {
        left -= probabilities[row * classes + label]
        if left < 0 { return Int64(label) }
      }
      return Int64(classes - 1)
    }
    return try Tensor(labels, shape: [labels.count])
  }
}
