import ONNX
import Torch

let reductionOperators: [String: KernelBuilder] = [
  "ReduceMean": reduction { input, axes, keepingRank in
    guard !input.elementType.isFloatingPoint else {
      return try input.mean(over: axes, keepingRank: keepingRank)
    }
    // The mean of integers is cut to one.
    let sum = try input.sum(over: axes, keepingRank: keepingRank)
    let count = try axes.map { input.shape[try dimension($0, rank: input.rank)] }.reduce(1, *)
    return try Tensor.single(
      "aten::div", overload: "Scalar_mode", [.tensor(sum), .int(max(count, 1)), .string("trunc")])
  },
  "ReduceSum": reduction { try $0.sum(over: $1, keepingRank: $2) },
  "ReduceMax": reduction { try $0.maximum(over: $1, keepingRank: $2) },
  "ReduceMin": reduction { try $0.minimum(over: $1, keepingRank: $2) },
  "ReduceProd": reduction { input, axes, keepingRank in
    try axes.map { try dimension($0, rank: input.rank) }.sorted(by: >).reduce(input) {
      try Tensor.single("aten::prod", overload: "dim_int", [.tensor($0), .int($1), .bool(keepingRank)])
    }
  },
  "ReduceL1": reduction({ try $0.absolute() }) { try $0.sum(over: $1, keepingRank: $2) },
  "ReduceL2": reduction({ try $0.squared() }) {
    try $0.sum(over: $1, keepingRank: $2)
  } finish: {
    try $0.applying("sqrt")
  },
  "ReduceSumSquare": reduction({ try $0.squared() }) { try $0.sum(over: $1, keepingRank: $2) },
  "ReduceLogSum": reduction {
    try $0.sum(over: $1, keepingRank: $2)
  } finish: {
    try $0.applying("log")
  },
  "ReduceLogSumExp": reduction { input, axes, keepingRank in
    try Tensor.single("aten::logsumexp", [.tensor(input), .ints(axes), .bool(keepingRank)])
  },
]

private typealias Change = @Sendable (Tensor) throws -> Tensor

/// A kernel that reduces dimensions; elements are prepared before, and finished after, each by itself.
private func reduction(
  _ prepare: @escaping Change = { $0 },
  _ reduce: @escaping @Sendable (Tensor, _ axes: [Int], _ keepingRank: Bool) throws -> Tensor,
  finish: @escaping Change = { $0 }
) -> KernelBuilder {
  { node, _ in
    let keepsRank = try (node.integer("keepdims") ?? 1) != 0
    let doesNothingWithoutAxes = try (node.integer("noop_with_empty_axes") ?? 0) != 0
    return { inputs, _ in
      let input = try required(inputs, 0)
      let axes = try integers(inputs, 1) ?? []
      let prepared = try prepare(input)
      if axes.isEmpty && doesNothingWithoutAxes { return [try finish(prepared)] }
      let reduced = try reduce(prepared, axes.isEmpty ? Array(0..<input.rank) : axes, keepsRank)
      // libtorch sums integers as int64.
      return [try finish(reduced).converted(to: input.elementType)]
    }
  }
}
