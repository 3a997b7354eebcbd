import Foundations
import ONNX
import Torch

/// Classes of positions, such as tokens or pixels: outputs of more dimensions than [batch, classes].
///
/// What a network gives of them is [N, positions · classes], the classes of one position after those of another, in the
/// order in which labels have positions.
extension Network {
  /// Whether each example has a class for each of several positions.
  public var hasPositions: Bool { objective == .classes && (outputs.first?.shape.count ?? 1) > 1 }

  /// The sizes of an example's positions, such as [tokens] or [height, width], with inputs of the shapes at hand; nothing
  /// for one class an example.
  public var positionShape: [Int] {
    guard hasPositions, var shape = outputs.first?.shape else { return [] }
    shape.remove(at: classAxis - 1)
    return shape
  }

  /// The dimension of an output [examples, …] that counts classes.
  ///
  /// Tokens have their classes last, [examples, tokens, classes], pixels in the place of channels, [examples, classes,
  /// height, width]; what labels there are decide where they fit another dimension alone.
  /// - Returns: nil where no dimension can count classes, or labels fit none.
  static func classAxis(of output: Tensor, examples count: Int, task: NetworkOptions) -> Int? {
    let shape = output.shape
    guard shape.count > 1, shape[0] == count, output.elementType.isFloatingPoint else { return nil }
    guard shape.count > 2 else { return 1 }
    let usual = shape.count == 3 ? 2 : 1
    guard let labels = task.labelShape else { return task.objective == .classes ? usual : nil }
    return [usual, shape.count - 1, 1].first { axis in
      shape.indices.filter { $0 > 0 && $0 != axis }.map { shape[$0] } == labels
    }
  }

  /// An output of classes as rows [N, positions · classes].
  func classesLast(_ output: Tensor) throws -> Tensor {
    guard output.rank > 2 else { return output }
    let order = output.shape.indices.filter { $0 != classAxis } + [classAxis]
    return try output.permuted(order).contiguous().reshaped([output.shape[0], -1])
  }

  /// What the file's output is for rows that ``logits(_:taps:)-(Inputs,_)`` gives: the same where an example has one class, else with the
  /// shape and order of dimensions that the file gives it.
  ///
  /// - Parameter rows: of examples of the shapes at hand.
  public func inFileOrder(_ rows: Tensor) throws -> Tensor {
    guard hasPositions else { return rows }
    let tensor = try rows.reshaped([rows.shape[0]] + positionShape + [classCount])
    var order = Array(0..<tensor.rank - 1)
    order.insert(tensor.rank - 1, at: classAxis)
    return try tensor.permuted(order).contiguous()
  }

  /// Outputs with `Inputs.ignoredLogit` at positions that count for nothing.
  ///
  /// - Parameters:
  ///   - ignored: truth values [N, positions]; nil where all count.
  ///   - output: [N, positions · classes].
  /// - Throws: ``NetworkError`` where these are not the positions of the outputs.
  public func leavingOut(_ ignored: Tensor?, of output: Tensor) throws -> Tensor {
    guard let ignored, hasPositions else { return output }
    let positions = ignored.shape[1]
    guard ignored.shape[0] == output.shape[0], output.shape[1] == positions * classCount else {
      throw NetworkError.input(
        "\(name): output \(outputs[0].name) has \(output.shape[1] / max(1, classCount)) positions an example, but there are"
          + " labels of \(positions)")
    }
    return try Tensor.single(
      "aten::masked_fill", overload: "Scalar",
      [
        .tensor(output.reshaped([output.shape[0], positions, classCount])),
        .tensor(ignored.reshaped([output.shape[0], positions, 1])), .double(Inputs.ignoredLogit),
      ]
    ).reshaped(output.shape)
  }
}

extension Inputs {
  /// The label of a position that counts for nothing, as padding does; PyTorch's own.
  public static let ignoredLabel = -100

  /// All logits of a position that counts for nothing: next to zero, and a number that networks do not give by themselves, as
  /// they do give zeros.
  public static let ignoredLogit = 0x1p-100

  /// The same, with outputs of positions of the label ``ignoredLabel`` counting for nothing.
  ///
  /// - Parameter labels: of all positions, those of one example after those of another.
  public func ignoring(_ labels: [Int]) throws -> Inputs {
    guard count > 0, labels.count.isMultiple(of: count), labels.contains(Self.ignoredLabel) else {
      return self
    }
    var result = self
    result.ignored = try Tensor(
      labels.map { Int64($0 == Self.ignoredLabel ? 1 : 0) }, shape: [count, labels.count / count]
    ).converted(to: .bool)
    return result
  }
}

extension Tensor {
  /// Rows of classes, [rows, classes], of outputs [N, positions · classes].
  public func classRows(_ classCount: Int) throws -> Tensor {
    shape.count == 2 && shape[1] == classCount ? self : try reshaped([-1, classCount])
  }

  /// 1 for each position of outputs [N, positions · classes] that counts, 0 for one all of whose logits are
  /// `Inputs.ignoredLogit`; float64, [N, positions].
  public func countedPositions(_ classCount: Int) throws -> Tensor {
    try Tensor.single(
      "aten::ne", overload: "Scalar",
      [.tensor(reshaped([shape[0], -1, classCount])), .double(Inputs.ignoredLogit)]
    ).converted(to: .float64).maximum(over: [2])
  }

  /// The mean of a number of each position over those that count, [N], of numbers [N · positions].
  ///
  /// - Parameters:
  ///   - reference: outputs [N, positions · classes] as they should be.
  ///   - classCount: how many classes a position has.
  public func meanOfPositions(_ reference: Tensor, classCount: Int) throws -> Tensor {
    guard reference.shape[1] != classCount else { return self }
    let counted = try reference.countedPositions(classCount)
    return try reshaped(counted.shape).multiplied(by: counted).sum(over: [1])
      .divided(by: counted.sum(over: [1]).clamped(1, .infinity))
  }
}
