import ONNX
import Torch

let transposedConvolutionOperators: [String: KernelBuilder] = [
  "ConvTranspose": { node, location in
    let form = try TransposedConvolution(node, location)
    return { inputs, context in
      let input = try required(inputs, 0)
      let weight = try required(inputs, 1)
      let bias = context.mode == .virtual ? nil : optional(inputs, 2)
      guard input.rank == weight.rank, input.rank > 2 else {
        throw TorchError(
          operation: "ConvTranspose",
          reason: "input of shape \(input.shape) for a weight of shape \(weight.shape)")
      }
      return [try form.output(input, weight, bias)]
    }
  }
]

/// The attributes of a transposed convolution.
private struct TransposedConvolution: Sendable {
  let padding: Padding
  let groups: Int
  let strides: [Int]?
  let dilations: [Int]?
  let outputPadding: [Int]?
  let outputShape: [Int]?

  init(_ node: Node, _ location: String) throws {
    padding = try Padding(node, location)
    groups = try node.integer("group") ?? 1
    strides = try node.integers("strides")
    dilations = try node.integers("dilations")
    outputPadding = try node.integers("output_padding")
    outputShape = try node.integers("output_shape")
    guard groups > 0, (strides ?? []).allSatisfy({ $0 > 0 }), (dilations ?? []).allSatisfy({ $0 > 0 }) else {
      throw NetworkError.unsupported(
        location: location,
        reason: "group is \(groups), strides are \(strides ?? []), dilations are \(dilations ?? []);"
          + " 1 or more is needed")
    }
  }

  /// What is cut off before and after each dimension of the whole result; negative where zeros are added.
  private func cuts(size: [Int], kernel: [Int], whole: [Int], added: [Int]) -> (before: [Int], after: [Int]) {
    let rank = kernel.count
    var target = outputShape.map { Array($0.suffix(rank)) }
    let strides = strides ?? kernel.map { _ in 1 }
    if target == nil, padding.rule == .sameUpper || padding.rule == .sameLower {
      target = zip(size, strides).map { $0 * $1 }
    }
    guard let target, target.count == rank else {
      let given = padding.rule == .explicit && padding.pads.count == 2 * rank
      let pads = given ? padding.pads : Array(repeating: 0, count: 2 * rank)
      return (Array(pads[..<rank]), zip(pads[rank...], added).map { $0 - $1 })
    }
    let totals = (0..<rank).map { whole[$0] + added[$0] - target[$0] }
    let smaller = totals.map { max(0, $0) / 2 }
    let before = padding.rule == .sameUpper ? smaller : zip(totals, smaller).map { max(0, $0) - $1 }
    return (before, (0..<rank).map { whole[$0] - target[$0] - before[$0] })
  }

  func output(_ input: Tensor, _ weight: Tensor, _ bias: Tensor?) throws -> Tensor {
    let kernel = Array(weight.shape.dropFirst(2))
    let size = Array(input.shape.dropFirst(2))
    let ones = kernel.map { _ in 1 }
    let (strides, dilations) = (strides ?? ones, dilations ?? ones)
    let added = outputPadding ?? kernel.map { _ in 0 }
    let rank = kernel.count
    guard strides.count == rank, dilations.count == rank, added.count == rank else {
      throw TorchError(
        operation: "ConvTranspose",
        reason: "strides, dilations or output_padding are not for the \(rank) dimensions of its weight")
    }
    let whole = (0..<rank).map { index -> Int in
      let moved = (size[index] - 1) * strides[index]
      return moved + (kernel[index] - 1) * dilations[index] + 1
    }
    let (before, after) = cuts(size: size, kernel: kernel, whole: whole, added: added)
    func convolution(_ bias: Tensor?, pads: [Int], added: [Int]) throws -> Tensor {
      try Tensor.single(
        "aten::convolution",
        [
          .tensor(input), .tensor(weight), bias.map { .tensor($0) } ?? .none, .ints(strides), .ints(pads),
          .ints(dilations), .bool(true), .ints(added), .int(groups),
        ])
    }
    let extra = zip(before, after).map { $0 - $1 }
    // libtorch adds less than a stride, and after the result alone.
    let isPlain = (0..<rank).allSatisfy { index -> Bool in
      let bound = max(strides[index], dilations[index], 1)
      return before[index] >= 0 && (0..<bound).contains(extra[index])
    }
    if isPlain { return try convolution(bias, pads: before, added: extra) }
    let zeros = kernel.map { _ in 0 }
    let cut = try convolution(nil, pads: zeros, added: zeros)
      .padded(before: before.map { -$0 }, after: after.map { -$0 })
    guard let bias else { return cut }
    return try cut.adding(bias.reshaped([1, -1] + ones))
  }
}
