import ONNX
import Torch

let quantizationOperators: [String: KernelBuilder] = [
  "QuantizeLinear": { node, location in
    try requirePlainBlocks(node, location)
    let axis = try node.integer("axis") ?? 1
    return { inputs, _ in
      let input = try required(inputs, 0)
      let scale = try broadcast(required(inputs, 1), along: axis, of: input)
      let zero = optional(inputs, 2)
      let type = zero?.elementType ?? .uint8
      var levels = try input.divided(by: scale).rounded()
      if let zero {
        levels = try levels.adding(broadcast(zero.converted(to: input.elementType), along: axis, of: input))
      }
      return [try (type == .int8 ? levels.clamped(-128, 127) : levels.clamped(0, 255)).converted(to: type)]
    }
  },
  "DequantizeLinear": { node, location in
    try requirePlainBlocks(node, location)
    let axis = try node.integer("axis") ?? 1
    return { inputs, _ in
      let scale = try required(inputs, 1)
      var levels = try required(inputs, 0).converted(to: scale.elementType)
      if let zero = optional(inputs, 2) {
        levels = try levels.subtracting(
          broadcast(zero.converted(to: scale.elementType), along: axis, of: levels))
      }
      return [try levels.multiplied(by: broadcast(scale, along: axis, of: levels))]
    }
  },
]

private func requirePlainBlocks(_ node: Node, _ location: String) throws {
  guard try (node.integer("block_size") ?? 0) == 0 else {
    throw NetworkError.unsupported(location: location, reason: "scales in blocks are not supported")
  }
}

/// A scale or zero point, one number or one a channel, in a shape that broadcasts along `axis`.
private func broadcast(_ values: Tensor, along axis: Int, of tensor: Tensor) throws -> Tensor {
  guard values.count > 1 else { return try values.reshaped([]) }
  guard tensor.rank > 0 else {
    throw TorchError(operation: "scale", reason: "has \(values.count) numbers for a single one")
  }
  let dimension = try dimension(axis, rank: tensor.rank)
  guard values.count == tensor.shape[dimension] else {
    throw TorchError(
      operation: "scale",
      reason: "has \(values.count) numbers for the \(tensor.shape[dimension]) of dimension \(dimension)")
  }
  var shape = tensor.shape.map { _ in 1 }
  shape[dimension] = values.count
  return try values.reshaped(shape)
}
