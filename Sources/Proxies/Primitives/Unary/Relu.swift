import Torch

extension UnaryPrimitive {
  /// Each element, or zero in place of a negative one.
  public static let relu: Self = .init(
    "relu",
    PrimitiveDefinition("max(x, 0)"),
    .elementwise { try $0.relu() },
    number: { $0.isNaN ? .nan : max($0, 0) },
    facts: UnaryFacts(
      sign: .nonNegative, ofNonNegative: { $0 },
      after: { inner, x in inner == .sign ? .unary(.heaviside, x) : nil }),
    mean: .ofMoments { x, count in
      let mean = (x.absolute + x.sum) / 2 / count
      return (mean, abs(mean))
    },
    latex: { LaTeX("\\max\\left(\($0.text), 0\\right)", .atom) },
    sympy: { "Max(\($0), 0)" })
}
