import ONNX
import Torch

let elementSelectionOperators: [String: KernelBuilder] = [
  "GatherElements": { node, _ in
    let axis = try node.integer("axis") ?? 0
    return { inputs, _ in
      let data = try required(inputs, 0)
      let dimension = try dimension(axis, of: data)
      let positions = try required(inputs, 1).positions(in: data.shape[dimension])
      return [try Tensor.single("aten::gather", [.tensor(data), .int(dimension), .tensor(positions)])]
    }
  },
  "ScatterElements": { node, location in
    let axis = try node.integer("axis") ?? 0
    let reduction = try scatterReduction(node, location)
    return { inputs, _ in
      let data = try required(inputs, 0)
      let dimension = try dimension(axis, of: data)
      let positions = try required(inputs, 1).positions(in: data.shape[dimension])
      return [try data.scattering(required(inputs, 2), at: positions, dimension, reduction)]
    }
  },
  "GatherND": { node, _ in
    let batchDimensions = try node.integer("batch_dims") ?? 0
    return { inputs, _ in
      let data = try required(inputs, 0)
      let rows = try FlatRows(
        of: data, indices: required(inputs, 1), batchDimensions: batchDimensions, operation: "GatherND")
      let found = try Tensor.single(
        "aten::index_select", [.tensor(data.reshaped(rows.shape)), .int(0), .tensor(rows.positions)])
      return [try found.reshaped(rows.outerShape + rows.rowShape)]
    }
  },
  "ScatterND": { node, location in
    let reduction = try scatterReduction(node, location)
    return { inputs, _ in
      let data = try required(inputs, 0)
      let rows = try FlatRows(
        of: data, indices: required(inputs, 1), batchDimensions: 0, operation: "ScatterND")
      let updates = try required(inputs, 2).reshaped([rows.positions.count, rows.shape[1]])
      let positions = try Tensor.single(
        "aten::expand",
        [
          .tensor(rows.positions.reshaped([-1, 1])), .ints([rows.positions.count, rows.shape[1]]),
          .bool(false),
        ])
      return [
        try data.reshaped(rows.shape).scattering(updates, at: positions, 0, reduction).reshaped(data.shape)
      ]
    }
  },
  "OneHot": { node, _ in
    let axis = try node.integer("axis") ?? -1
    return { inputs, _ in
      let indices = try required(inputs, 0)
      guard let depth = try integers(inputs, 1)?.first, depth > 0 else {
        throw TorchError(
          operation: "OneHot", reason: "its depth is \(try integers(inputs, 1) ?? []); 1 or more is needed")
      }
      try requireListed(depth, "OneHot")
      let values = try required(inputs, 2).reshaped([2])
      let dimension = try dimension(axis, rank: indices.rank + 1)
      var shape = indices.shape
      shape.insert(1, at: dimension)
      let positions = try indices.positions(in: depth).reshaped(shape)
      let levels = try Tensor((0..<Int64(depth)).map { $0 }, shape: [depth])
        .reshaped([depth] + shape[dimension...].dropFirst().map { _ in 1 })
      let isOn = try Tensor.single("aten::eq", overload: "Tensor", [.tensor(positions), .tensor(levels)])
      func value(_ index: Int) throws -> OperationArgument {
        .tensor(try values.sliced(dimension: 0, from: index, to: index + 1).reshaped([]))
      }
      return [try Tensor.single("aten::where", overload: "self", [.tensor(isOn), value(1), value(0)])]
    }
  },
  "NonZero": { _, _ in
    { inputs, _ in
      let positions = try required(inputs, 0).applying("nonzero")
      return [try positions.permuted([1, 0])]
    }
  },
]

/// libtorch's name for how scattered elements join those that are there; nil where they take their place.
private func scatterReduction(_ node: Node, _ location: String) throws -> String? {
  switch try node.string("reduction") ?? "none" {
  case "none": return nil
  case "add": return "sum"
  case "mul": return "prod"
  case "max": return "amax"
  case "min": return "amin"
  case let other:
    throw NetworkError.unsupported(
      location: location, reason: "reduction is '\(other)'; none, add, mul, max or min is needed")
  }
}

extension Tensor {
  fileprivate func scattering(
    _ updates: Tensor, at positions: Tensor, _ dimension: Int, _ reduction: String?
  ) throws -> Tensor {
    let arguments: [OperationArgument] = [
      .tensor(self), .int(dimension), .tensor(positions), .tensor(updates),
    ]
    switch reduction {
    case nil: return try Self.single("aten::scatter", overload: "src", arguments)
    case "sum": return try Self.single("aten::scatter_add", arguments)
    case let name?:
      return try Self.single("aten::scatter_reduce", overload: "two", arguments + [.string(name)])
    }
  }
}

/// A tensor seen as rows, and which of them indices over several dimensions name.
private struct FlatRows {
  /// Rows, and elements in each.
  let shape: [Int]
  /// One number a row that is named.
  let positions: Tensor
  /// The sizes that the rows named are laid out in.
  let outerShape: [Int]
  /// The sizes of one row.
  let rowShape: [Int]

  init(of data: Tensor, indices: Tensor, batchDimensions: Int, operation: String) throws {
    let sizes = data.shape
    guard let depth = indices.shape.last, batchDimensions >= 0, batchDimensions < indices.rank,
      batchDimensions + depth <= sizes.count,
      sizes.prefix(batchDimensions) == indices.shape.prefix(batchDimensions)
    else {
      throw TorchError(
        operation: operation,
        reason: "indices of shape \(indices.shape) with \(batchDimensions) batch dimensions do not fit"
          + " a tensor of shape \(sizes)")
    }
    let batches = try product(sizes.prefix(batchDimensions), operation)
    try requireListed(batches, operation)
    outerShape = Array(indices.shape.dropLast())
    rowShape = Array(sizes.dropFirst(batchDimensions + depth))
    let perBatch = try product(outerShape.dropFirst(batchDimensions), operation)
    let columns = try indices.reshaped([batches, perBatch, depth])
    var flat = try Tensor((0..<Int64(batches)).map { $0 }, shape: [batches, 1])
    for index in 0..<depth {
      let size = sizes[batchDimensions + index]
      let column = try columns.sliced(dimension: 2, from: index, to: index + 1)
        .positions(in: size).reshaped([batches, perBatch])
      let shift = try Tensor([Int64(size)], shape: [])
      flat = try flat.multiplied(by: shift).adding(column)
    }
    positions = try flat.reshaped([-1])
    shape = [
      try product(sizes.prefix(batchDimensions + depth), operation), try product(rowShape, operation),
    ]
  }
}
