import ONNX
import Torch

let groupNormalizationOperators: [String: KernelBuilder] = [
  "InstanceNormalization": { node, _ in
    let epsilon = try node.float("epsilon") ?? 1e-5
    return { inputs, _ in
      [
        try Tensor.single(
          "aten::instance_norm",
          [
            .tensor(required(inputs, 0)), .tensor(required(inputs, 1)), .tensor(required(inputs, 2)), .none,
            .none, .bool(true), .double(0), .double(epsilon), .bool(false),
          ])
      ]
    }
  },
  "GroupNormalization": { node, location in
    let epsilon = try node.float("epsilon") ?? 1e-5
    guard let groups = try node.integer("num_groups"), groups > 0 else {
      throw NetworkError.unsupported(
        location: location,
        reason: "num_groups is \(try node.integer("num_groups") ?? 0); 1 or more is needed")
    }
    return { inputs, _ in
      [
        try Tensor.single(
          "aten::group_norm",
          [
            .tensor(required(inputs, 0)), .int(groups), .tensor(required(inputs, 1)),
            .tensor(required(inputs, 2)), .double(epsilon), .bool(false),
          ])
      ]
    }
  },
  "RMSNormalization": meanSquareNormalization,
  "SimplifiedLayerNormalization": meanSquareNormalization,
  "LpNormalization": { node, location in
    let axis = try node.integer("axis") ?? -1
    let power = try node.integer("p") ?? 2
    guard power == 1 || power == 2 else {
      throw NetworkError.unsupported(location: location, reason: "p is \(power); 1 or 2 is needed")
    }
    return { inputs, _ in
      let input = try required(inputs, 0)
      let norm =
        try power == 1
        ? input.absolute().sum(over: [axis], keepingRank: true)
        : input.squared().sum(over: [axis], keepingRank: true).applying("sqrt")
      // Nothing but zeros stays so.
      let isZero = try Tensor.single("aten::eq", overload: "Scalar", [.tensor(norm), .int(0)])
      return [try input.divided(by: norm.adding(isZero))]
    }
  },
  "MeanVarianceNormalization": { node, _ in
    let axes = try node.integers("axes") ?? [0, 2, 3]
    return { inputs, _ in
      let input = try required(inputs, 0)
      let centered = try input.subtracting(input.mean(over: axes, keepingRank: true))
      let deviation = try centered.squared().mean(over: axes, keepingRank: true).applying("sqrt")
      let least = try Tensor.scalar(1e-9, elementType: input.elementType)
      return [try centered.divided(by: deviation.adding(least))]
    }
  },
  "LRN": { node, location in
    let alpha = try node.float("alpha") ?? 1e-4
    let beta = try node.float("beta") ?? 0.75
    let bias = try node.float("bias") ?? 1
    guard let size = try node.integer("size"), size > 0 else {
      throw NetworkError.unsupported(
        location: location, reason: "size is \(try node.integer("size") ?? 0); 1 or more is needed")
    }
    return { inputs, _ in
      let input = try required(inputs, 0)
      let channels = try dimension(1, of: input)
      guard size <= 2 * input.shape[channels] + 1 else {
        throw TorchError(
          operation: "LRN",
          reason:
            "size is \(size) for \(input.shape[channels]) channels; twice as many and one at most are needed")
      }
      var (before, after) = (input.shape.map { _ in 0 }, input.shape.map { _ in 0 })
      before[channels] = (size - 1) / 2
      after[channels] = size - 1 - (size - 1) / 2
      let squares = try input.squared().padded(before: before, after: after)
      let sums = try (0..<size).map {
        try squares.sliced(dimension: channels, from: $0, to: $0 + input.shape[channels])
      }
      let start = try Tensor.scalar(bias, elementType: input.elementType)
      let base = try sums.reduce(start) { try $0.adding($1.scaled(by: alpha / Double(size))) }
      return [
        try input.divided(
          by: Tensor.single("aten::pow", overload: "Tensor_Scalar", [.tensor(base), .double(beta)]))
      ]
    }
  },
]

/// Divides by the root of the mean of squares, and gives the inverse of that root where it is wanted.
private let meanSquareNormalization: KernelBuilder = { node, _ in
  let axis = try node.integer("axis") ?? -1
  let epsilon = try node.float("epsilon") ?? 1e-5
  return { inputs, _ in
    let input = try required(inputs, 0)
    let axes = Array(try dimension(axis, rank: input.rank)..<max(input.rank, 1))
    let least = try Tensor.scalar(epsilon, elementType: input.elementType)
    let inverse = try input.squared().mean(over: axes, keepingRank: true).adding(least).applying("rsqrt")
    return [try input.multiplied(by: inverse).multiplied(by: required(inputs, 1)), inverse]
  }
}
