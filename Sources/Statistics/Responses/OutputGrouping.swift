import LayerStatistics
import Torch

/// Outputs of images with the least likely classes brought together.
///
/// Where there are more classes than are kept, an image's outputs become those of the float network's most likely
/// classes and ln Σ exp of the others. The softmax of these numbers has the probabilities of the kept classes and
/// of "another one" unchanged, so divergences from it are those of the grouped classes: never greater than those of all.
struct OutputGrouping {
  private let logits: Tensor
  /// [images, kept classes]; nil where all classes are kept.
  private let kept: Tensor?

  /// - Parameter reference: the float network's logits [images, classes].
  init(reference: Tensor, keeping count: Int = ResponseTable.keptClasses) throws {
    logits = reference
    kept =
      reference.shape[1] > count + 1
      ? try Tensor.call("aten::topk", [.tensor(reference), .int(count), .int(1)])[1] : nil
  }

  /// The float network's own outputs.
  var reference: Tensor { get throws { try self(logits) } }

  /// Brings logits [images, classes] into the form [images, outputs].
  func callAsFunction(_ logits: Tensor) throws -> Tensor {
    guard let kept else { return try logits.converted(to: .float32).contiguous() }
    let own = try Tensor.single("aten::gather", [.tensor(logits), .int(1), .tensor(kept)])
    let others = try Tensor.single(
      "aten::scatter", overload: "value",
      [.tensor(logits), .int(1), .tensor(kept), .double(-.infinity)])
    let rest = try Tensor.single("aten::logsumexp", [.tensor(others), .ints([1]), .bool(true)])
    return try Tensor.concatenated([own, rest], dimension: 1).converted(to: .float32).contiguous()
  }
}
