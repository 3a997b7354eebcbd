import ONNX
import Torch

let rearrangingOperators: [String: KernelBuilder] = [
  "Size": { _, _ in { inputs, _ in [try Tensor([Int64(required(inputs, 0).count)], shape: [])] } },
  "Tile": { _, _ in
    { inputs, _ in
      let input = try required(inputs, 0)
      let repeats = try integers(inputs, 1) ?? []
      guard repeats.count == input.rank else {
        throw TorchError(
          operation: "Tile", reason: "\(repeats.count) repeats for \(input.rank) dimensions")
      }
      return [try Tensor.single("aten::repeat", [.tensor(input), .ints(repeats)])]
    }
  },
  "Trilu": { node, _ in
    let operation = try (node.integer("upper") ?? 1) != 0 ? "aten::triu" : "aten::tril"
    return { inputs, _ in
      let diagonal = try integers(inputs, 1)?.first ?? 0
      return [try Tensor.single(operation, [.tensor(required(inputs, 0)), .int(diagonal)])]
    }
  },
  "DepthToSpace": { node, location in
    let block = try blockSize(node, location)
    let mode = try node.string("mode") ?? "DCR"
    guard mode == "DCR" || mode == "CRD" else {
      throw NetworkError.unsupported(location: location, reason: "mode is '\(mode)'; DCR or CRD is needed")
    }
    return { inputs, _ in
      let input = try required(inputs, 0)
      let shape = try imageShape(input, "DepthToSpace")
      let channels = shape[1] / (block * block)
      let parts = mode == "DCR" ? [block, block, channels] : [channels, block, block]
      let order = mode == "DCR" ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
      return [
        try input.reshaped([shape[0]] + parts + shape[2...]).permuted(order)
          .reshaped([shape[0], channels, shape[2] * block, shape[3] * block])
      ]
    }
  },
  "SpaceToDepth": { node, location in
    let block = try blockSize(node, location)
    return { inputs, _ in
      let input = try required(inputs, 0)
      let shape = try imageShape(input, "SpaceToDepth")
      let (height, width) = (shape[2] / block, shape[3] / block)
      return [
        try input.reshaped([shape[0], shape[1], height, block, width, block]).permuted([0, 3, 5, 1, 2, 4])
          .reshaped([shape[0], shape[1] * block * block, height, width])
      ]
    }
  },
  "Einsum": { node, location in
    guard let equation = try node.string("equation"), !equation.isEmpty else {
      throw NetworkError.unsupported(
        location: location, reason: "has no equation; one such as 'bij,bjk->bik' is needed")
    }
    let terms = equation.split(separator: ">").first?.split(separator: ",", omittingEmptySubsequences: false)
    guard terms?.count == node.inputs.count else {
      throw NetworkError.unsupported(
        location: location,
        reason: "equation is '\(equation)' for \(node.inputs.count) inputs; a term for each is needed")
    }
    return { inputs, _ in
      let tensors = try inputs.indices.map { try required(inputs, $0) }
      return [try Tensor.single("aten::einsum", [.string(equation), .tensors(tensors)])]
    }
  },
  "Range": { _, _ in
    { inputs, _ in
      let start = try required(inputs, 0).reshaped([])
      let step = try required(inputs, 2).reshaped([])
      let span = try required(inputs, 1).reshaped([]).subtracting(start)
      let size = try step.item()
      guard size != 0 else { throw TorchError(operation: "Range", reason: "its step is 0") }
      let count = max(0, (try span.item() / size).rounded(.up))
      guard count < 1e18 else { throw TorchError(operation: "Range", reason: "has \(count) numbers") }
      try requireListed(Int(count), "Range")
      let numbers = try Tensor((0..<Int64(count)).map { $0 }, shape: [Int(count)])
      return [
        try numbers.converted(to: start.elementType).multiplied(by: step).adding(start)
      ]
    }
  },
]

private func blockSize(_ node: Node, _ location: String) throws -> Int {
  let size = try node.integer("blocksize") ?? 0
  // The product of its square and a dimension is still a number of 64 bits.
  guard (1...1 << 15).contains(size) else {
    throw NetworkError.unsupported(location: location, reason: "blocksize is \(size); 1 to 32768 is needed")
  }
  return size
}

private func imageShape(_ input: Tensor, _ operation: String) throws -> [Int] {
  guard input.rank == 4 else {
    throw TorchError(
      operation: operation, reason: "input of shape \(input.shape); [N, channels, height, width] is needed")
  }
  return input.shape
}
