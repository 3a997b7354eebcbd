import ONNX
import Torch

let elementwiseOperators: [String: KernelBuilder] = [
  "Add": binary("add", overload: "Tensor"),
  "Sub": binary("sub", overload: "Tensor"),
  "Mul": binary("mul", overload: "Tensor"),
  "Mod": { node, location in
    guard try (node.integer("fmod") ?? 0) == 0 else {
      throw NetworkError.unsupported(location: location, reason: "fmod is 1; 0 is supported")
    }
    return { inputs, _ in
      [
        try Tensor.single(
          "aten::remainder", overload: "Tensor", [.tensor(required(inputs, 0)), .tensor(required(inputs, 1))])
      ]
    }
  },
  "Pow": binary("pow", overload: "Tensor_Tensor"),
  "Min": binary("minimum"),
  "Max": binary("maximum"),
  "Equal": binary("eq", overload: "Tensor"),
  "Less": binary("lt", overload: "Tensor"),
  "Greater": binary("gt", overload: "Tensor"),
  "LessOrEqual": binary("le", overload: "Tensor"),
  "GreaterOrEqual": binary("ge", overload: "Tensor"),
  "And": binary("logical_and"),
  "Or": binary("logical_or"),
  "Div": { _, _ in
    { inputs, _ in
      let left = try required(inputs, 0)
      let right = try required(inputs, 1)
      // Integers are divided towards zero.
      guard !left.elementType.isFloatingPoint else { return [try left.divided(by: right)] }
      return [
        try Tensor.single(
          "aten::div", overload: "Tensor_mode", [.tensor(left), .tensor(right), .string("trunc")])
      ]
    }
  },
  "Where": { _, _ in
    { inputs, _ in
      [
        try Tensor.single(
          "aten::where", overload: "self",
          [.tensor(required(inputs, 0)), .tensor(required(inputs, 1)), .tensor(required(inputs, 2))])
      ]
    }
  },
  "Sqrt": unary("sqrt"), "Erf": unary("erf"), "Exp": unary("exp"), "Log": unary("log"),
  "Neg": unary("neg"), "Abs": unary("abs"), "Floor": unary("floor"), "Ceil": unary("ceil"),
  "Reciprocal": unary("reciprocal"), "Sign": unary("sign"), "Not": unary("logical_not"),
  "Round": unary("round"),
]

/// A kernel for two or more inputs, folded from the left.
private func binary(_ operation: String, overload: String = "") -> KernelBuilder {
  { _, _ in
    { inputs, _ in
      var result = try required(inputs, 0)
      for position in 1..<max(2, inputs.count) {
        let other = try required(inputs, position)
        result = try Tensor.single(
          "aten::\(operation)", overload: overload, [.tensor(result), .tensor(other)])
      }
      return [result]
    }
  }
}

/// A kernel for an ATen operation with one input and no attributes.
func unary(_ operation: String) -> KernelBuilder {
  { _, _ in { inputs, _ in [try required(inputs, 0).applying(operation)] } }
}
