import Torch

/// What makes one number of a configuration's predicted outputs, higher for those nearer to the float network's.
///
/// A reduction is one value in a file, and has a line in ``all``.
public struct OutputReduction: Sendable {
  /// The name in texts.
  public let name: String
  /// Its formula in LaTeX, of predicted outputs z and the float network's z₀ of an image.
  public let latex: String
  /// From predicted outputs [configurations, images, outputs] and the float network's [images, outputs], both float64, the
  /// scores [configurations].
  public let scores: @Sendable (_ predicted: Tensor, _ reference: Tensor) throws -> Tensor

  /// Makes a reduction.
  public init(
    _ name: String, latex: String,
    scores: @escaping @Sendable (_ predicted: Tensor, _ reference: Tensor) throws -> Tensor
  ) {
    self.name = name
    self.latex = latex
    self.scores = scores
  }

  /// Those of this library.
  public static let all: [OutputReduction] = [
    .divergence, .reverseDivergence, .rootDivergence, .squaredError, .agreement, .marginKept, .cosine,
  ]

  /// The reduction of a name; nil where there is none.
  public static func named(_ name: String) -> OutputReduction? { all.first { $0.name == name } }
}

extension OutputReduction: Hashable {
  /// Reductions of one name are the same.
  public static func == (left: OutputReduction, right: OutputReduction) -> Bool { left.name == right.name }

  /// Adds the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension OutputReduction {
  /// The mean over images of −KL(p ‖ q), with p and q the softmax of the float network's outputs and of the predicted ones.
  public static let divergence = OutputReduction(
    "output_divergence", latex: "-\\overline{\\mathrm{KL}(\\sigma(z_0) \\| \\sigma(z))}"
  ) { predicted, reference in
    let p = try reference.logSoftmax(dimension: 1)
    let q = try predicted.logSoftmax(dimension: 2)
    return try q.subtracting(p).multiplied(by: p.applying("exp")).sum(over: [2]).mean(over: [1])
  }

  /// The mean over images of −KL(q ‖ p).
  public static let reverseDivergence = OutputReduction(
    "reverse_divergence", latex: "-\\overline{\\mathrm{KL}(\\sigma(z) \\| \\sigma(z_0))}"
  ) { predicted, reference in
    let p = try reference.logSoftmax(dimension: 1)
    let q = try predicted.logSoftmax(dimension: 2)
    return try p.subtracting(q).multiplied(by: q.applying("exp")).sum(over: [2]).mean(over: [1])
  }

  /// The mean over images of −√KL(p ‖ q), in which a few images of great divergence do not hide the others.
  public static let rootDivergence = OutputReduction(
    "output_root_divergence", latex: "-\\overline{\\sqrt{\\mathrm{KL}(\\sigma(z_0) \\| \\sigma(z))}}"
  ) { predicted, reference in
    let p = try reference.logSoftmax(dimension: 1)
    let q = try predicted.logSoftmax(dimension: 2)
    let divergences = try p.subtracting(q).multiplied(by: p.applying("exp")).sum(over: [2])
    return try divergences.clamped(0, .infinity).applying("sqrt").mean(over: [1]).scaled(by: -1)
  }

  /// The mean over images of −‖z − z₀‖² / outputs.
  public static let squaredError = OutputReduction(
    "output_squared_error", latex: "-\\overline{\\|z - z_0\\|^2}"
  ) { predicted, reference in
    try predicted.subtracting(reference).squared().mean(over: [1, 2]).scaled(by: -1)
  }

  /// The mean over images of the predicted probability of the float network's own class.
  public static let agreement = OutputReduction(
    "agreement", latex: "\\overline{\\sigma(z)_{\\arg\\max z_0}}"
  ) { predicted, reference in
    let (count, images) = (predicted.shape[0], predicted.shape[1])
    let classes = try Tensor.single("aten::argmax", [.tensor(reference), .int(1), .bool(true)])
    let repeated = try Tensor.single(
      "aten::expand", [.tensor(classes.reshaped([1, images, 1])), .ints([count, images, 1])])
    let own = try Tensor.single(
      "aten::gather", [.tensor(predicted.logSoftmax(dimension: 2)), .int(2), .tensor(repeated)])
    return try own.applying("exp").mean(over: [1, 2])
  }

  /// The mean over images of min(m, m₀), with m what the float network's own class is predicted to have above the best other
  /// one, and m₀ what it has in the float network: margin that was lost counts, margin won does not.
  public static let marginKept = OutputReduction(
    "margin_kept", latex: "\\overline{\\min(m(z), m(z_0))}"
  ) { predicted, reference in
    let (count, images) = (predicted.shape[0], predicted.shape[1])
    let classes = try Tensor.single("aten::argmax", [.tensor(reference), .int(1), .bool(true)])
    func margin(_ outputs: Tensor, _ classes: Tensor) throws -> Tensor {
      let last = outputs.rank - 1
      let own = try Tensor.single("aten::gather", [.tensor(outputs), .int(last), .tensor(classes)])
      let others = try Tensor.single(
        "aten::scatter", overload: "value",
        [.tensor(outputs), .int(last), .tensor(classes), .double(-.infinity)])
      return try own.subtracting(others.maximum(over: [last], keepingRank: true))
    }
    let repeated = try Tensor.single(
      "aten::expand", [.tensor(classes.reshaped([1, images, 1])), .ints([count, images, 1])])
    let kept = try Tensor.single(
      "aten::minimum",
      [
        .tensor(margin(predicted, repeated)), .tensor(margin(reference, classes).reshaped([1, images, 1])),
      ])
    return try kept.mean(over: [1, 2])
  }

  /// The mean over images of the cosine of z and z₀, each less its mean over outputs.
  public static let cosine = OutputReduction(
    "output_cosine", latex: "\\overline{\\cos(z - \\bar z, z_0 - \\bar z_0)}"
  ) { predicted, reference in
    let z = try predicted.subtracting(predicted.mean(over: [2], keepingRank: true))
    let z0 = try reference.subtracting(reference.mean(over: [1], keepingRank: true))
    let product = try z.multiplied(by: z0).sum(over: [2])
    let norms = try z.squared().sum(over: [2]).multiplied(by: z0.squared().sum(over: [1])).applying("sqrt")
    return try product.divided(by: norms.clamped(1e-30, .infinity)).mean(over: [1])
  }
}
