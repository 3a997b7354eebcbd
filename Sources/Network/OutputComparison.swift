import Torch

/// How far outputs of a network are from those that it should have.
///
/// Of classes that is the Kullback-Leibler divergence of what a softmax makes of them, in nats, mean over positions where an
/// example has several; of values the squared
/// error divided by the variance of the outputs that should be, mean over outputs of the mean over their numbers, so
/// that 1 is as far as an output that never changes.
public struct OutputComparison: Sendable {
  /// What outputs say.
  public let objective: Objective
  /// The numbers of each output, for values of several outputs; nil where there is one.
  private let counts: [Int]?
  /// The number of classes; 0 for values.
  let classCount: Int
  /// The variance of each output; of classes none.
  public let variances: [Double]

  /// Prepares comparisons.
  ///
  /// - Parameters:
  ///   - network: whose outputs are compared.
  ///   - references: outputs as they should be, [N, numbers] each, from which variances are taken.
  public init(_ network: Network, references: [Tensor]) throws {
    objective = network.objective
    classCount = network.classCount
    counts = network.objective == .values && network.outputs.count > 1 ? network.outputs.map(\.count) : nil
    guard objective == .values else {
      variances = []
      return
    }
    let counts = counts
    variances = try withoutGradients {
      // About the mean of each number over examples; about zero where there is one example.
      let parts = try references.map { try Self.parts($0.converted(to: .float64), counts) }
      return try (0..<(counts?.count ?? 1)).map { output in
        let tensors = parts.map { $0[output] }
        let isAlike = tensors.allSatisfy { $0.shape[1] == tensors[0].shape[1] }
        let rows = tensors.reduce(0) { $0 + $1.shape[0] }
        var (squares, elements, mean) = (0.0, 0, Tensor?.none)
        if isAlike, rows > 1 {
          mean = try tensors.reduce(Tensor.full(0, shape: [1, tensors[0].shape[1]], elementType: .float64)) {
            try $0.adding($1.sum(over: [0], keepingRank: true))
          }.scaled(by: 1 / Double(rows))
        }
        for tensor in tensors {
          let centered = try mean.map { try tensor.subtracting($0) } ?? tensor
          squares += try centered.squared().sum().item()
          elements += tensor.count
        }
        let variance = squares / Double(max(1, elements))
        return variance > 0 ? variance : 1
      }
    }
  }

  private static func parts(_ output: Tensor, _ counts: [Int]?) throws -> [Tensor] {
    guard let counts else { return [output] }
    guard output.shape[1] == counts.reduce(0, +) else {
      throw TorchError(
        operation: "outputs",
        reason:
          "several outputs of \(output.shape[1]) numbers together, not of \(counts); one output has to be chosen"
          + " where sizes differ between examples")
    }
    return try Tensor.call("aten::split_with_sizes", [.tensor(output), .ints(counts), .int(1)])
  }

  /// How far each example's outputs are, float64, [N].
  public func divergences(of output: Tensor, from reference: Tensor) throws -> Tensor {
    switch objective {
    case .classes:
      let p = try reference.converted(to: .float64).classRows(classCount).logSoftmax(dimension: 1)
      let q = try output.converted(to: .float64).classRows(classCount).logSoftmax(dimension: 1)
      return try p.applying("exp").multiplied(by: p.subtracting(q)).sum(over: [1])
        .meanOfPositions(reference, classCount: classCount)
    case .values:
      let errors = try output.converted(to: .float64).subtracting(reference.converted(to: .float64)).squared()
      return try weighted(errors)
    }
  }

  /// Squares of errors [N, numbers] as one number an example.
  private func weighted(_ squares: Tensor) throws -> Tensor {
    let parts = try zip(Self.parts(squares, counts), variances).map { part, variance in
      try part.sum(over: [1]).scaled(by: 1 / (variance * Double(part.shape[1] * variances.count)))
    }
    return try parts.dropFirst().reduce(parts[0]) { try $0.adding($1) }
  }

  /// Errors [N, numbers] of values of the variance at which ``divergences(of:from:)`` is, up to a constant, twice minus the
  /// log-likelihood.
  ///
  /// - Parameter numbers: independent ones of the output's shape, of mean 0 and variance 1.
  public func errors(_ numbers: Tensor) throws -> Tensor {
    let parts = try zip(Self.parts(numbers, counts), variances).map { part, variance in
      try part.scaled(by: (variance * Double(part.shape[1] * variances.count)).squareRoot())
    }
    return parts.count == 1 ? parts[0] : try Tensor.concatenated(parts, dimension: 1)
  }

  /// √w of each number, float64, [1, numbers], for values: divergences are Σ w · error².
  public func rootWeights(count: Int) throws -> Tensor {
    let ones = try Tensor.full(1, shape: [1, count], elementType: .float64)
    return try ones.divided(by: errors(ones))
  }

  /// Half of what ``divergences(of:from:)`` gives, of values, differentiable: the loss of each example, [N].
  public func halfSquares(of output: Tensor, from target: Tensor) throws -> Tensor {
    try weighted(output.subtracting(target).squared()).scaled(by: 0.5)
  }
}
