import ONNX
import Torch

let normalizationOperators: [String: KernelBuilder] = [
  "BatchNormalization": { node, location in
    let epsilon = try node.float("epsilon") ?? 1e-5
    guard try (node.integer("training_mode") ?? 0) == 0 else {
      throw NetworkError.unsupported(
        location: location, reason: "is in training mode; export the network for inference")
    }
    return { inputs, context in
      let input = try required(inputs, 0)
      let scale = try required(inputs, 1)
      let shift = try required(inputs, 2)
      switch context.mode {
      case .virtual: return [input]
      case .inference:
        return [
          try Tensor.single(
            "aten::batch_norm",
            [
              .tensor(input), .tensor(scale), .tensor(shift), .tensor(required(inputs, 3)),
              .tensor(required(inputs, 4)), .bool(false), .double(0), .double(epsilon), .bool(false),
            ])
        ]
      case .training:
        let results = try Tensor.call(
          "aten::native_batch_norm",
          [
            .tensor(input), .tensor(scale), .tensor(shift), .none, .none, .bool(true), .double(0),
            .double(epsilon),
          ])
        guard results.count == 3 else {
          throw TorchError(operation: "BatchNormalization", reason: "gave no statistics")
        }
        // The third result is 1 / sqrt(variance + epsilon).
        let inverse = try results[2].detached()
        let variance = try inverse.squared().applying("reciprocal")
          .subtracting(Tensor.scalar(epsilon, elementType: inverse.elementType))
        context.batchStatistics = BatchStatistics(mean: try results[1].detached(), variance: variance)
        return [results[0]]
      }
    }
  },
  "LayerNormalization": { node, _ in
    let axis = try node.integer("axis") ?? -1
    let epsilon = try node.float("epsilon") ?? 1e-5
    return { inputs, _ in
      let input = try required(inputs, 0)
      let shape = Array(input.shape[try dimension(axis, rank: input.rank)...])
      let scale = try required(inputs, 1)
      let shift = optional(inputs, 2)
      // Scales that are for fewer dimensions than are normalized are broadcast.
      let fits = scale.shape == shape && (shift.map { $0.shape == shape } ?? true)
      func argument(_ tensor: Tensor?) -> OperationArgument {
        fits ? tensor.map { .tensor($0) } ?? .none : .none
      }
      var results = try Tensor.call(
        "aten::native_layer_norm",
        [.tensor(input), .ints(shape), argument(scale), argument(shift), .double(epsilon)])
      guard results.count == 3 else {
        throw TorchError(operation: "LayerNormalization", reason: "gave no statistics")
      }
      if !fits {
        results[0] = try results[0].multiplied(by: scale)
        if let shift { results[0] = try results[0].adding(shift) }
      }
      return results
    }
  },
]
