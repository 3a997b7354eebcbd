import ONNX
import Torch

let convolutionOperators: [String: KernelBuilder] = [
  "Conv": { node, location in
    let padding = try Padding(node, location)
    let groups = try node.integer("group") ?? 1
    let givenStrides = try node.integers("strides")
    let givenDilations = try node.integers("dilations")
    return { inputs, context in
      let weight = try required(inputs, 1)
      let bias = context.mode == .virtual ? nil : optional(inputs, 2)
      let input = try required(inputs, 0)
      let kernel = Array(weight.shape.dropFirst(2))
      guard input.rank == weight.rank else {
        throw TorchError(
          operation: "Conv", reason: "input of shape \(input.shape) for a weight of shape \(weight.shape)")
      }
      let strides = givenStrides ?? kernel.map { _ in 1 }
      let dilations = givenDilations ?? kernel.map { _ in 1 }
      guard strides.count == kernel.count, dilations.count == kernel.count,
        (strides + dilations).allSatisfy({ $0 > 0 })
      else {
        throw TorchError(
          operation: "Conv",
          reason: "strides \(strides) and dilations \(dilations) for a weight of shape \(weight.shape)")
      }
      let (before, after) = padding.amounts(
        size: Array(input.shape.dropFirst(2)), kernel: kernel, strides: strides, dilations: dilations)
      let symmetric = before == after
      let source = symmetric ? input : try input.padded(before: before, after: after)
      return [
        try Tensor.single(
          "aten::convolution",
          [
            .tensor(source), .tensor(weight), bias.map { .tensor($0) } ?? .none, .ints(strides),
            .ints(symmetric ? before : kernel.map { _ in 0 }), .ints(dilations), .bool(false),
            .ints(kernel.map { _ in 0 }), .int(groups),
          ])
      ]
    }
  },
  "Gemm": { node, _ in
    let alpha = try node.float("alpha") ?? 1
    let beta = try node.float("beta") ?? 1
    let transposeA = try (node.integer("transA") ?? 0) != 0
    let transposeB = try (node.integer("transB") ?? 0) != 0
    return { inputs, context in
      let left = try transposeA ? required(inputs, 0).permuted([1, 0]) : required(inputs, 0)
      let right = try transposeB ? required(inputs, 1).permuted([1, 0]) : required(inputs, 1)
      var product = try Tensor.single("aten::mm", [.tensor(left), .tensor(right)])
      if alpha != 1 { product = try product.scaled(by: alpha) }
      guard context.mode != .virtual, let bias = optional(inputs, 2) else { return [product] }
      return [try product.adding(beta == 1 ? bias : bias.scaled(by: beta))]
    }
  },
  "MatMul": { _, _ in
    { inputs, _ in
      [
        try Tensor.single(
          "aten::matmul", [.tensor(try required(inputs, 0)), .tensor(try required(inputs, 1))])
      ]
    }
  },
]
