import ONNX
import Torch

let shapeOperators: [String: KernelBuilder] = [
  "Identity": { _, _ in { inputs, _ in [try required(inputs, 0)] } },
  "Dropout": { node, location in
    guard node.outputs.count == 1 || node.outputs.dropFirst().allSatisfy({ $0.isEmpty }) else {
      throw NetworkError.unsupported(location: location, reason: "a mask as a second output is not supported")
    }
    return { inputs, _ in [try required(inputs, 0)] }
  },
  "Shape": { node, _ in
    let start = try node.integer("start") ?? 0
    let end = try node.integer("end")
    return { inputs, _ in
      let shape = try required(inputs, 0).shape
      let lower = min(max(start < 0 ? start + shape.count : start, 0), shape.count)
      let upper = min(max(end.map { $0 < 0 ? $0 + shape.count : $0 } ?? shape.count, lower), shape.count)
      let sizes = shape[lower..<upper].map { Int64($0) }
      return [try Tensor(sizes, shape: [sizes.count])]
    }
  },
  "Flatten": { node, _ in
    let axis = try node.integer("axis") ?? 1
    return { inputs, _ in
      let input = try required(inputs, 0)
      let split = axis < 0 ? axis + input.rank : axis
      guard (0...input.rank).contains(split) else {
        throw TorchError(
          operation: "Flatten", reason: "axis is \(axis) for the \(input.rank) dimensions there are")
      }
      // Where there are no elements a size cannot be worked out.
      return [
        try input.reshaped([
          product(input.shape.prefix(split), "Flatten"), product(input.shape.dropFirst(split), "Flatten"),
        ])
      ]
    }
  },
  "Reshape": { node, _ in
    let zeroIsZero = try (node.integer("allowzero") ?? 0) != 0
    return { inputs, _ in
      let input = try required(inputs, 0)
      let sizes = try integers(inputs, 1) ?? []
      let shape = sizes.enumerated().map { index, size in
        size == 0 && !zeroIsZero && index < input.rank ? input.shape[index] : size
      }
      return [try input.reshaped(shape)]
    }
  },
  "Transpose": { node, _ in
    let order = try node.integers("perm")
    return { inputs, _ in
      let input = try required(inputs, 0)
      return [try input.permuted(order ?? (0..<input.rank).reversed())]
    }
  },
  "Squeeze": { _, _ in
    { inputs, _ in
      let input = try required(inputs, 0)
      let axes = try integers(inputs, 1)?.map { try dimension($0, rank: input.rank) }
      let shape = input.shape.enumerated().filter { index, size in
        axes.map { !$0.contains(index) } ?? (size != 1)
      }
      return [try input.reshaped(shape.map(\.element))]
    }
  },
  "Unsqueeze": { _, _ in
    { inputs, _ in
      let input = try required(inputs, 0)
      let axes = try integers(inputs, 1) ?? []
      let rank = input.rank + axes.count
      var shape = input.shape
      let places = try axes.map { try dimension($0, rank: rank) }.sorted()
      guard Set(places).count == places.count else {
        throw TorchError(operation: "Unsqueeze", reason: "axes are \(axes); each stands there once at most")
      }
      for axis in places { shape.insert(1, at: axis) }
      return [try input.reshaped(shape)]
    }
  },
  "Concat": { node, _ in
    let axis = try node.integer("axis") ?? 0
    return { inputs, _ in [try Tensor.concatenated(inputs.compactMap { $0 }, dimension: axis)] }
  },
  "Split": { node, location in
    let axis = try node.integer("axis") ?? 0
    let parts = try node.integer("num_outputs") ?? node.outputs.count
    guard (1...max(1, node.outputs.count)).contains(parts) else {
      throw NetworkError.unsupported(
        location: location, reason: "num_outputs is \(parts) for \(node.outputs.count) outputs")
    }
    return { inputs, _ in
      let input = try required(inputs, 0)
      let axis = try dimension(axis, of: input)
      let size = input.shape[axis]
      let chunk = (size + parts - 1) / parts
      let sizes = try integers(inputs, 1) ?? (0..<parts).map { min(chunk, max(0, size - $0 * chunk)) }
      guard sizes.reduce(0, +) == size, sizes.allSatisfy({ $0 >= 0 }) else {
        throw TorchError(
          operation: "Split", reason: "parts of sizes \(sizes) of a dimension of \(size)")
      }
      var start = 0
      return try sizes.map { part in
        defer { start += part }
        return try input.sliced(dimension: axis, from: start, to: start + part)
      }
    }
  },
  "Expand": { _, _ in
    { inputs, _ in
      let input = try required(inputs, 0)
      let target = try integers(inputs, 1) ?? []
      let own = Array(repeating: 1, count: max(0, target.count - input.rank)) + input.shape
      let padded = Array(repeating: 1, count: max(0, own.count - target.count)) + target
      // A size of 1 in the target leaves the input's own size.
      let shape = zip(own, padded).map { $1 == 1 ? $0 : $1 }
      return [
        try Tensor.single("aten::expand", [.tensor(input.reshaped(own)), .ints(shape), .bool(false)])
      ]
    }
  },
  "ConstantOfShape": { node, _ in
    let value = try node.tensor("value")?.tensor()
    return { inputs, _ in
      let shape = try integers(inputs, 0) ?? []
      // An integer need not be a number of double precision.
      return [
        try Tensor.single(
          "aten::expand", [.tensor(value?.reshaped([]) ?? .scalar(0)), .ints(shape), .bool(false)])
      ]
    }
  },
  "Constant": { node, location in
    let tensor: Tensor
    if let value = try node.tensor("value") {
      tensor = try value.tensor()
    } else if let value = try node.float("value_float") {
      tensor = try Tensor.scalar(Double(value))
    } else if let value = try node.integer("value_int") {
      tensor = try Tensor([Int64(value)], shape: [])
    } else if let values = try node.integers("value_ints") {
      tensor = try Tensor(values.map { Int64($0) }, shape: [values.count])
    } else if let values = try node.floats("value_floats") {
      tensor = try Tensor(values.map { Float($0) }, shape: [values.count])
    } else {
      throw NetworkError.unsupported(location: location, reason: "holds no number")
    }
    return { _, _ in [tensor] }
  },
  "Cast": { node, location in
    let code = try node.integer("to") ?? 0
    guard let type = DataType(rawValue: code)?.elementType else {
      throw NetworkError.unsupported(
        location: location,
        reason:
          "casts to data type \(code); float, double, int8, int16, int32, int64, uint8 or bool is needed")
    }
    return { inputs, _ in [try required(inputs, 0).converted(to: type)] }
  },
  "CastLike": { _, _ in
    { inputs, _ in [try required(inputs, 0).converted(to: required(inputs, 1).elementType)] }
  },
  "Pad": { node, location in
    let mode = try node.string("mode") ?? "constant"
    guard mode == "constant" || mode == "reflect" || mode == "edge" else {
      throw NetworkError.unsupported(
        location: location, reason: "mode is '\(mode)'; constant, reflect or edge is needed")
    }
    return { inputs, _ in
      let input = try required(inputs, 0)
      let pads = try integers(inputs, 1) ?? []
      let axes = try integers(inputs, 3)?.map { try dimension($0, rank: input.rank) } ?? Array(0..<input.rank)
      guard pads.count == 2 * axes.count else {
        throw TorchError(operation: "Pad", reason: "\(pads.count) pads for \(axes.count) dimensions")
      }
      var before = Array(repeating: 0, count: input.rank)
      var after = before
      for (index, axis) in axes.enumerated() {
        before[axis] = pads[index]
        after[axis] = pads[axes.count + index]
      }
      if mode == "constant" {
        return [
          try input.padded(
            before: before, after: after, value: try optional(inputs, 2)?.reshaped([]).item() ?? 0)
        ]
      }
      let skipped = zip(before, after).prefix { $0 == 0 && $1 == 0 }.count
      let list = zip(before, after).dropFirst(min(skipped, 2)).reversed().flatMap { [$0, $1] }
      return [
        try Tensor.single(
          "aten::pad",
          [.tensor(input), .ints(list), .string(mode == "edge" ? "replicate" : "reflect"), .none])
      ]
    }
  },
]
