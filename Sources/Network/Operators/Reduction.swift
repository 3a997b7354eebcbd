import ONNX
import Torch

let reductionOperators: [String: KernelBuilder] = [
  "ReduceMean": reduction { try $0.mean(over: $1, keepingRank: $2) },
  "ReduceSum": reduction { try $0.sum(over: $1, keepingRank: $2) },
  "ReduceMax": reduction { try $0.maximum(over: $1, keepingRank: $2) },
  "ReduceMin": reduction { try $0.minimum(over: $1, keepingRank: $2) },
  "ReduceProd": reduction { input, axes, keepingRank in
    try axes.map { try dimension($0, rank: input.rank) }.sorted(by: >).reduce(input) {
      try Tensor.single(
        "aten::prod", overload: "dim_int", [.tensor($0), .int($1), .bool(keepingRank)]
      ).converted(to: input.elementType)
    }
  },
]

private func reduction(
  _ reduce: @escaping @Sendable (Tensor, _ axes: [Int], _ keepingRank: Bool) throws -> Tensor
) -> KernelBuilder {
  { node, _ in
    let keepsRank = try (node.integer("keepdims") ?? 1) != 0
    let doesNothingWithoutAxes = try (node.integer("noop_with_empty_axes") ?? 0) != 0
    return { inputs, _ in
      let input = try required(inputs, 0)
      let axes = try integers(inputs, 1) ?? []
      if axes.isEmpty && doesNothingWithoutAxes { return [input] }
      return [try reduce(input, axes.isEmpty ? Array(0..<input.rank) : axes, keepsRank)]
    }
  }
}
