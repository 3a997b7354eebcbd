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
      let (before, after) = try pool.amounts(for: input)
      // The padding counts as minus infinity, so explicit padding never wins.
      let source = try pool.padded(input, before, after, with: -.infinity)
      return [
        try Tensor.single(
          "aten::max_pool\(pool.rank)d",
          [
            .tensor(source), .ints(pool.kernel), .ints(pool.strides), .ints(pool.zeros),
            .ints(pool.dilations),
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
      let (before, after) = try pool.amounts(for: input)
      let symmetric = before == after
      func average(_ tensor: Tensor, _ pads: [Int], _ counting: Bool) throws -> Tensor {
        try Tensor.single(
          "aten::avg_pool\(pool.rank)d",
          [
            .tensor(tensor), .ints(pool.kernel), .ints(pool.strides), .ints(pads), .bool(pool.ceiling),
            .bool(counting),
          ])
      }
      if symmetric { return [try average(input, before, countsPadding)] }
      let sums = try average(pool.padded(input, before, after, with: 0), pool.zeros, true)
      if countsPadding { return [sums] }
      let ones = try Tensor.full(1, shape: input.shape, elementType: input.elementType)
      let shares = try average(pool.padded(ones, before, after, with: 0), pool.zeros, true)
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
    guard (1...3).contains(kernel.count) else {
      throw NetworkError.unsupported(
        location: location,
        reason: "kernel_shape is \(kernel); pools over one to three dimensions are supported")
    }
    let ones = kernel.map { _ in 1 }
    strides = try node.integers("strides") ?? ones
    dilations = try node.integers("dilations") ?? ones
    guard strides.count == kernel.count, dilations.count == kernel.count,
      (kernel + strides + dilations).allSatisfy({ $0 > 0 })
    else {
      throw NetworkError.unsupported(
        location: location,
        reason: "strides are \(strides) and dilations \(dilations) for kernel_shape \(kernel);"
          + " as many numbers of 1 or more are needed")
    }
    ceiling = try (node.integer("ceil_mode") ?? 0) != 0
    padding = try Padding(node, location)
  }

  var rank: Int { kernel.count }

  var zeros: [Int] { kernel.map { _ in 0 } }

  func amounts(for input: Tensor) throws -> (before: [Int], after: [Int]) {
    guard input.rank == rank + 2 else {
      throw TorchError(
        operation: "pool", reason: "input of shape \(input.shape) for kernel_shape \(kernel)")
    }
    return padding.amounts(
      size: Array(input.shape.dropFirst(2)), kernel: kernel, strides: strides, dilations: dilations)
  }

  func padded(_ input: Tensor, _ before: [Int], _ after: [Int], with value: Double) throws -> Tensor {
    (before + after).allSatisfy { $0 == 0 }
      ? input : try input.padded(before: before, after: after, value: value)
  }
}
