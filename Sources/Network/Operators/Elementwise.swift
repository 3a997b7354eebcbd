import ONNX
import Torch

let elementwiseOperators: [String: KernelBuilder] = [
  "Add": binary("add", overload: "Tensor"),
  "Sub": binary("sub", overload: "Tensor"),
  "Mul": binary("mul", overload: "Tensor"),
  "Mod": { node, location in
    // fmod has the sign of the dividend, the other remainder that of the divisor.
    let operation = try (node.integer("fmod") ?? 0) == 0 ? "aten::remainder" : "aten::fmod"
    return { inputs, _ in
      // What is divided by −1 leaves nothing over, as by 1.
      let divisor = try required(inputs, 1).replacingMinusOne()
      return [
        try Tensor.single(operation, overload: "Tensor", [.tensor(required(inputs, 0)), .tensor(divisor)])
      ]
    }
  },
  "Pow": { _, _ in
    { inputs, _ in
      let base = try required(inputs, 0)
      // The result is of the type of the base, whatever the exponent's.
      return [
        try Tensor.single(
          "aten::pow", overload: "Tensor_Tensor", [.tensor(base), .tensor(required(inputs, 1))]
        ).converted(to: base.elementType)
      ]
    }
  },
  "Min": variadic("minimum"),
  "Max": variadic("maximum"),
  "Sum": variadic("add", overload: "Tensor"),
  "Mean": { _, _ in
    { inputs, _ in
      let sum = try folded(inputs, "aten::add", overload: "Tensor")
      return [try sum.divided(by: Double(inputs.count))]
    }
  },
  "Equal": binary("eq", overload: "Tensor"),
  "Less": binary("lt", overload: "Tensor"),
  "Greater": binary("gt", overload: "Tensor"),
  "LessOrEqual": binary("le", overload: "Tensor"),
  "GreaterOrEqual": binary("ge", overload: "Tensor"),
  "And": binary("logical_and"),
  "Or": binary("logical_or"),
  "Xor": binary("logical_xor"),
  "Div": { _, _ in
    { inputs, _ in
      let left = try required(inputs, 0)
      let right = try required(inputs, 1)
      // Integers are divided towards zero.
      guard !left.elementType.isFloatingPoint else { return [try left.divided(by: right)] }
      let quotient = try Tensor.single(
        "aten::div", overload: "Tensor_mode",
        [.tensor(left), .tensor(right.replacingMinusOne()), .string("trunc")])
      guard right.mayBeMinusOne else { return [quotient] }
      return [
        try Tensor.single(
          "aten::where", overload: "self",
          [.tensor(right.isMinusOne()), .tensor(quotient.applying("neg")), .tensor(quotient)])
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
  "Round": unary("round"), "IsNaN": unary("isnan"),
  "Sin": unary("sin"), "Cos": unary("cos"), "Tan": unary("tan"),
  "Asin": unary("asin"), "Acos": unary("acos"), "Atan": unary("atan"),
  "Sinh": unary("sinh"), "Cosh": unary("cosh"),
  "Asinh": unary("asinh"), "Acosh": unary("acosh"), "Atanh": unary("atanh"),
  "IsInf": { node, _ in
    let findsNegative = try (node.integer("detect_negative") ?? 1) != 0
    let findsPositive = try (node.integer("detect_positive") ?? 1) != 0
    return { inputs, _ in
      let input = try required(inputs, 0)
      switch (findsNegative, findsPositive) {
      case (true, true): return [try input.applying("isinf")]
      case (true, false): return [try input.applying("isneginf")]
      case (false, true): return [try input.applying("isposinf")]
      case (false, false): return [try Tensor.full(0, shape: input.shape, elementType: .bool)]
      }
    }
  },
]

extension Tensor {
  fileprivate var mayBeMinusOne: Bool {
    switch elementType {
    case .int8, .int16, .int32, .int64: true
    case .uint8, .bool, .float16, .float32, .float64: false
    }
  }

  fileprivate func isMinusOne() throws -> Tensor {
    try Self.single("aten::eq", overload: "Scalar", [.tensor(self), .int(-1)])
  }

  /// Integers with 1 in the place of −1: the least integer of 64 bits divided by −1 is none, at which processors stop.
  fileprivate func replacingMinusOne() throws -> Tensor {
    guard mayBeMinusOne else { return self }
    return try Self.single(
      "aten::masked_fill", overload: "Scalar", [.tensor(self), .tensor(isMinusOne()), .int(1)])
  }
}

/// A kernel for two inputs.
private func binary(_ operation: String, overload: String = "") -> KernelBuilder {
  { _, _ in
    { inputs, _ in
      [
        try Tensor.single(
          "aten::\(operation)", overload: overload,
          [.tensor(required(inputs, 0)), .tensor(required(inputs, 1))])
      ]
    }
  }
}

/// A kernel for any number of inputs.
private func variadic(_ operation: String, overload: String = "") -> KernelBuilder {
  { _, _ in { inputs, _ in [try folded(inputs, "aten::\(operation)", overload: overload)] } }
}

/// All inputs joined by an operation of two, from the left.
private func folded(_ inputs: [Tensor?], _ operation: String, overload: String) throws -> Tensor {
  try inputs.indices.dropFirst().reduce(required(inputs, 0)) {
    try Tensor.single(operation, overload: overload, [.tensor($0), .tensor(required(inputs, $1))])
  }
}

/// A kernel for an ATen operation with one input and no attributes.
func unary(_ operation: String) -> KernelBuilder {
  { _, _ in { inputs, _ in [try required(inputs, 0).applying(operation)] } }
}
