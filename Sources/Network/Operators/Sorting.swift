import ONNX
import Torch

let sortingOperators: [String: KernelBuilder] = [
  "TopK": { node, _ in
    let axis = try node.integer("axis") ?? -1
    let takesLargest = try (node.integer("largest") ?? 1) != 0
    return { inputs, _ in
      let input = try required(inputs, 0)
      let dimension = try dimension(axis, of: input)
      guard let count = try integers(inputs, 1)?.first, count >= 0, count <= input.shape[dimension] else {
        throw TorchError(
          operation: "TopK",
          reason: "k is \(try integers(inputs, 1) ?? []) for a dimension of \(input.shape[dimension])")
      }
      // Of equal elements the first one comes first, which libtorch's topk does not promise.
      let sorted = try Tensor.call(
        "aten::sort", overload: "stable",
        [.tensor(input), .bool(true), .int(dimension), .bool(takesLargest)])
      return try sorted.map { try $0.sliced(dimension: dimension, from: 0, to: count) }
    }
  },
  "ArgMax": extremePosition("argmax"),
  "ArgMin": extremePosition("argmin"),
  "CumSum": { node, _ in
    let isExclusive = try (node.integer("exclusive") ?? 0) != 0
    let isReverse = try (node.integer("reverse") ?? 0) != 0
    return { inputs, _ in
      let given = try required(inputs, 0)
      guard let axis = try integers(inputs, 1)?.first else {
        throw TorchError(operation: "CumSum", reason: "its axis is missing")
      }
      let dimension = try dimension(axis, of: given)
      let input = try isReverse ? given.flipped(dimension: dimension) : given
      var sums = try Tensor.single("aten::cumsum", [.tensor(input), .int(dimension)])
      if isExclusive {
        var before = input.shape.map { _ in 0 }
        before[dimension] = 1
        sums = try sums.padded(before: before, after: before.map { -$0 })
      }
      let result = try isReverse ? sums.flipped(dimension: dimension) : sums
      return [try result.converted(to: given.elementType)]
    }
  },
]

private func extremePosition(_ operation: String) -> KernelBuilder {
  { node, _ in
    let axis = try node.integer("axis") ?? 0
    let keepsRank = try (node.integer("keepdims") ?? 1) != 0
    let takesLast = try (node.integer("select_last_index") ?? 0) != 0
    return { inputs, _ in
      let given = try required(inputs, 0)
      let dimension = try dimension(axis, of: given)
      let input = try takesLast ? given.flipped(dimension: dimension) : given
      let position = try Tensor.single(
        "aten::\(operation)", [.tensor(input), .int(dimension), .bool(keepsRank)])
      guard takesLast else { return [position] }
      let last = try Tensor([Int64(given.shape[dimension] - 1)], shape: [])
      return [try last.subtracting(position)]
    }
  }
}
