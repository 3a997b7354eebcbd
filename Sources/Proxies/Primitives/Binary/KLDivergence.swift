import Torch

extension BinaryPrimitive {
  /// The Kullback-Leibler divergence of softmaxes.
  public static let divergence: Self = .init(
    "kl_divergence",
    PrimitiveDefinition("Σ p ln(p / q), p and q the softmax of x and y over all elements"),
    .numbers { left, right in
      try left.layout.shapes.indices.map { layer in
        let x = try left.matrix(layer).reshaped([-1]).logSoftmax(dimension: 0)
        let y = try right.matrix(layer).reshaped([-1]).logSoftmax(dimension: 0)
        return try x.applying("exp").multiplied(by: x.subtracting(y)).sum().item()
      }
    },
    number: { $0.isFinite && $1.isFinite ? 0 : .nan },
    facts: BinaryFacts(constancy: .ofEqualOperandsOrNumbers))
}
