import ONNX
import Torch

let poolingOperators: [String: KernelBuilder] = [
  "MaxPool": { node, location in
    guard node.outputs.count == 1 else {
      throw NetworkError.unsupported(
        location: location, reason: "indices as a second output are not supported")
    }
    let pool = try Pool(node, location)
    return { inputs, _ in
      let given = try required(inputs, 0)
      // libtorch pools no bytes.
      let input = try given.elementType.isFloatingPoint ? given : given.converted(to: .float32)
      let (before, after) = pool.amounts(for: input)
      // The padding counts as minus infinity, so explicit padding never wins.
      let source = try pool.padded(input, before, after, with: -.infinity)
      return [
        try Tensor.single(
          "aten::max_pool2d",
          [
            .tensor(source), .ints(pool.kernel), .ints(pool.strides), .ints([0, 0]), .ints(pool.dilations),
            .bool(pool.ceiling),
          ]
        ).converted(to: given.elementType)
      ]
    }
  },
  "AveragePool": { node, location in
    let pool = try Pool(node, location)
    let countsPadding = try (node.integer("count_include_pad") ?? 0) != 0
    guard pool.dilations.allSatisfy({ $0 == 1 }) else {
      throw NetworkError.unsupported(
        location: location, reason: "dilations are not supported in this operator")
    }
    return { inputs, _ in
      let input = try required(inputs, 0)
      let (before, after) = pool.amounts(for: input)
      let symmetric = before == after
      func average(_ tensor: Tensor, _ pads: [Int], _ counting: Bool) throws -> Tensor {
        try Tensor.single(
          "aten::avg_pool2d",
          [
            .tensor(tensor), .ints(pool.kernel), .ints(pool.strides), .ints(pads), .bool(pool.ceiling),
            .bool(counting), .none,
          ])
      }
      if symmetric { return [try average(input, before, countsPadding)] }
      let sums = try average(pool.padded(input, before, after, with: 0), [0, 0], true)
      if countsPadding { return [sums] }
      let ones = try Tensor.full(1, shape: input.shape, elementType: input.elementType)
      let shares = try average(pool.padded(ones, before, after, with: 0), [0, 0], true)
      return [try sums.divided(by: shares)]
    }
  },
  "GlobalAveragePool": { _, _ in
    { inputs, _ in
      let input = try required(inputs, 0)
      return [try input.mean(over: Array(2..<max(2, input.rank)), keepingRank: true)]
    }
  },
  "GlobalMaxPool": { _, _ in
    { inputs, _ in
      let input = try required(inputs, 0)
      return [try input.maximum(over: Array(2..<max(2, input.rank)), keepingRank: true)]
    }
  },
]

/// The attributes that pools share.
private struct Pool: Sendable {
  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  let ceiling: Bool
  let padding: Padding

  init(_ node: Node, _ location: String) throws {
    kernel = try node.integers("kernel_shape") ?? []
    guard kernel.count == 2 else {
      throw NetworkError.unsupported(
        location: location, reason: "kernel_shape is \(kernel); pools over two dimensions are supported")
    }
    strides = try node.integers("strides") ?? [1, 1]
    dilations = try node.integers("dilations") ?? [1, 1]
    ceiling = try (node.integer("ceil_mode") ?? 0) != 0
    padding = try Padding(node, location)
  }

  func amounts(for input: Tensor) -> (before: [Int], after: [Int]) {
    padding.amounts(
      size: Array(input.shape.dropFirst(2)), kernel: kernel, strides: strides, dilations: dilations)
  }

  func padded(_ input: Tensor, _ before: [Int], _ after: [Int], with value: Double) throws -> Tensor {
    before + after == [0, 0, 0, 0] ? input : try input.padded(before: before, after: after, value: value)
  }
}
