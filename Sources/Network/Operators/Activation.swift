import ONNX
import Torch

let activationOperators: [String: KernelBuilder] = [
  "Relu": unary("relu"), "Sigmoid": unary("sigmoid"), "Tanh": unary("tanh"),
  "HardSwish": unary("hardswish"), "Softplus": unary("softplus"), "Mish": unary("mish"),
  "Clip": { _, _ in
    { inputs, context in
      func limit(_ position: Int) throws -> OperationArgument {
        try optional(inputs, position).map { .double(try $0.reshaped([]).item()) } ?? .none
      }
      // Products over many layers lie far beyond an upper bound, where no gradient passes.
      let (lower, upper) = try (limit(1), context.mode == .virtual ? .none : limit(2))
      if case .none = lower, case .none = upper { return [try required(inputs, 0)] }
      let input = try required(inputs, 0)
      // Bounds are numbers, to which integers would be promoted.
      return [
        try Tensor.single("aten::clamp", [.tensor(input), lower, upper]).converted(to: input.elementType)
      ]
    }
  },
  "LeakyRelu": { node, _ in
    let slope = try node.float("alpha") ?? 0.01
    return { inputs, _ in
      [try Tensor.single("aten::leaky_relu", [.tensor(required(inputs, 0)), .double(slope)])]
    }
  },
  "PRelu": { _, _ in
    { inputs, _ in
      let input = try required(inputs, 0)
      let slope = try required(inputs, 1)
      let negative = try input.subtracting(input.relu())
      return [try input.relu().adding(negative.multiplied(by: slope))]
    }
  },
  "Elu": { node, _ in
    let alpha = try node.float("alpha") ?? 1
    return { inputs, _ in
      [try Tensor.single("aten::elu", [.tensor(required(inputs, 0)), .double(alpha)])]
    }
  },
  "HardSigmoid": { node, _ in
    let alpha = try node.float("alpha") ?? 0.2
    let beta = try node.float("beta") ?? 0.5
    return { inputs, _ in
      let input = try required(inputs, 0)
      let shift = try Tensor.scalar(beta, elementType: input.elementType)
      return [try input.scaled(by: alpha).adding(shift).clamped(0, 1)]
    }
  },
  "Gelu": { node, _ in
    let approximation = try node.string("approximate") ?? "none"
    return { inputs, _ in
      [try Tensor.single("aten::gelu", [.tensor(required(inputs, 0)), .string(approximation)])]
    }
  },
  "Selu": { node, _ in
    let alpha = try node.float("alpha") ?? 1.673_263_192_176_818_8
    let gamma = try node.float("gamma") ?? 1.050_701_022_148_132_3
    return { inputs, _ in
      [
        try Tensor.single(
          "aten::elu", [.tensor(required(inputs, 0)), .double(alpha), .double(gamma), .double(1)])
      ]
    }
  },
  "Celu": { node, _ in
    let alpha = try node.float("alpha") ?? 1
    return { inputs, _ in
      [try Tensor.single("aten::celu", [.tensor(required(inputs, 0)), .double(alpha)])]
    }
  },
  "ThresholdedRelu": { node, _ in
    let alpha = try node.float("alpha") ?? 1
    return { inputs, _ in
      [try Tensor.single("aten::threshold", [.tensor(required(inputs, 0)), .double(alpha), .double(0)])]
    }
  },
  "Shrink": { node, _ in
    let bias = try node.float("bias") ?? 0
    let bound = try node.float("lambd") ?? 0.5
    return { inputs, _ in
      let input = try required(inputs, 0)
      let shift = try Tensor.scalar(bias, elementType: input.elementType)
      func beyond(_ operation: String, _ bound: Double) throws -> OperationArgument {
        .tensor(
          try Tensor.single("aten::\(operation)", overload: "Scalar", [.tensor(input), .double(bound)]))
      }
      let zero = try Tensor.scalar(0, elementType: input.elementType)
      let above = try Tensor.single(
        "aten::where", overload: "self",
        [beyond("gt", bound), .tensor(input.subtracting(shift)), .tensor(zero)])
      return [
        try Tensor.single(
          "aten::where", overload: "self",
          [beyond("lt", -bound), .tensor(input.adding(shift)), .tensor(above)])
      ]
    }
  },
  "Softsign": { _, _ in
    { inputs, _ in
      let input = try required(inputs, 0)
      let one = try Tensor.scalar(1, elementType: input.elementType)
      return [try input.divided(by: input.absolute().adding(one))]
    }
  },
  "Swish": { node, _ in
    let alpha = try node.float("alpha") ?? 1
    return { inputs, _ in
      let input = try required(inputs, 0)
      return [try input.multiplied(by: (alpha == 1 ? input : input.scaled(by: alpha)).applying("sigmoid"))]
    }
  },
  "Hardmax": { node, _ in
    let axis = try node.integer("axis") ?? -1
    return { inputs, _ in
      let input = try required(inputs, 0)
      let dimension = try dimension(axis, of: input)
      let first = try Tensor.single("aten::argmax", [.tensor(input), .int(dimension), .bool(true)])
      let zeros = try Tensor.full(0, shape: input.shape, elementType: input.elementType)
      return [
        try Tensor.single(
          "aten::scatter", overload: "value", [.tensor(zeros), .int(dimension), .tensor(first), .int(1)])
      ]
    }
  },
  "Softmax": softmax("softmax"),
  "LogSoftmax": softmax("log_softmax"),
]

private func softmax(_ operation: String) -> KernelBuilder {
  { node, _ in
    let axis = try node.integer("axis") ?? -1
    return { inputs, _ in
      [
        try Tensor.single(
          "aten::\(operation)", overload: "int", [.tensor(required(inputs, 0)), .int(axis)])
      ]
    }
  }
}
