import LayerStatistics
import Torch

/// How far an image's predicted outputs are from the float network's; 0 where they are the same.
///
/// A proxy's score is −mean dᵖ over images, with a power p that may be chosen: below 1, a few images that change much do
/// not hide the others. A distance is one value, and has a line in ``all``.
public struct OutputDistance: Sendable {
  /// The name in texts.
  public let name: String
  /// Its formula in LaTeX, with `#1` for an image's predicted outputs and `#2` for the float network's.
  public let latex: String
  /// From predicted outputs [configurations, outputs, images] and the float network's [outputs, images], of one element type, the
  /// distances [configurations, images]. Images are the last dimension, as there are many of them and few outputs, which keeps
  /// operations over outputs fast.
  public let distances: @Sendable (_ predicted: Tensor, _ reference: Tensor) throws -> Tensor

  /// Makes a distance.
  public init(
    _ name: String, latex: String,
    distances: @escaping @Sendable (_ predicted: Tensor, _ reference: Tensor) throws -> Tensor
  ) {
    self.name = name
    self.latex = latex
    self.distances = distances
  }

  /// Those of this library.
  public static let all: [OutputDistance] = [
    .divergence, .reverseDivergence, .squaredError, .disagreement, .marginLost, .cosine,
  ]

  /// The formula in LaTeX of some outputs.
  func latex(predicted: String, reference: String) -> String {
    latex.replacing("#1", with: predicted).replacing("#2", with: reference)
  }

  /// The distance of a name; nil where there is none.
  public static func named(_ name: String) -> OutputDistance? { all.first { $0.name == name } }

  /// The distance in its place for outputs of a kind: of values, which have no classes, the squared error.
  public func serving(_ kind: ResponseTable.Kind) -> OutputDistance {
    switch kind {
    case .classes: self
    case .values: self == .cosine ? self : .squaredError
    }
  }

  /// Scores −mean dᵖ of configurations.
  func scores(_ predicted: Tensor, _ reference: Tensor, power: Double) throws -> Tensor {
    var found = try distances(predicted, reference)
    if power == 0.5 {
      found = try found.clamped(0, .infinity).applying("sqrt")
    } else if power != 1 {
      found = try Tensor.single(
        "aten::pow", overload: "Tensor_Scalar", [.tensor(found.clamped(0, .infinity)), .double(power)])
    }
    return try found.mean(over: [1]).scaled(by: -1)
  }
}

extension OutputDistance: Hashable {
  /// Distances of one name are the same.
  public static func == (left: OutputDistance, right: OutputDistance) -> Bool { left.name == right.name }

  /// Adds the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension OutputDistance {
  /// KL(p ‖ q), with p and q the softmax of the float network's outputs and of the predicted ones.
  public static let divergence = OutputDistance(
    "output_divergence", latex: "\\mathrm{KL}(\\sigma(#2) \\| \\sigma(#1))"
  ) { predicted, reference in
    let p = try reference.logSoftmax(dimension: 0)
    let q = try predicted.logSoftmax(dimension: 1)
    return try p.subtracting(q).multiplied(by: p.applying("exp")).sum(over: [1])
  }

  /// KL(q ‖ p).
  public static let reverseDivergence = OutputDistance(
    "reverse_divergence", latex: "\\mathrm{KL}(\\sigma(#1) \\| \\sigma(#2))"
  ) { predicted, reference in
    let p = try reference.logSoftmax(dimension: 0)
    let q = try predicted.logSoftmax(dimension: 1)
    return try q.subtracting(p).multiplied(by: q.applying("exp")).sum(over: [1])
  }

  /// The mean over outputs of (z − z₀)².
  public static let squaredError = OutputDistance(
    "output_squared_error", latex: "\\lVert (#1) - (#2) \\rVert^2 / K"
  ) { predicted, reference in try predicted.subtracting(reference).squared().mean(over: [1]) }

  /// One less the predicted probability of the float network's own class.
  public static let disagreement = OutputDistance(
    "disagreement", latex: "\\left(1 - \\sigma(#1)_{\\arg\\max (#2)}\\right)"
  ) { predicted, reference in
    let classes = try reference.ownClasses(configurations: predicted.shape[0])
    let own = try Tensor.single(
      "aten::gather", [.tensor(predicted.logSoftmax(dimension: 1)), .int(1), .tensor(classes)])
    return try own.applying("exp").scaled(by: -1).adding(Tensor.scalar(1, elementType: predicted.elementType))
      .sum(over: [1])
  }

  /// What the float network's own class loses of its margin above the best other one; a margin won counts as nothing.
  public static let marginLost = OutputDistance(
    "margin_lost", latex: "\\max(0, m(#2) - m(#1))"
  ) { predicted, reference in
    let classes = try reference.ownClasses(configurations: predicted.shape[0])
    let one = try classes.sliced(dimension: 0, from: 0, to: 1)
    func margin(_ outputs: Tensor, _ classes: Tensor) throws -> Tensor {
      let own = try Tensor.single("aten::gather", [.tensor(outputs), .int(1), .tensor(classes)])
      let others = try Tensor.single(
        "aten::scatter", overload: "value",
        [.tensor(outputs), .int(1), .tensor(classes), .double(-.infinity)])
      return try own.subtracting(others.maximum(over: [1], keepingRank: true)).sum(over: [1])
    }
    let float = try margin(reference.reshaped([1] + reference.shape), one)
    return try float.subtracting(margin(predicted, classes)).relu()
  }

  /// One less the cosine of z and z₀, each less its mean over outputs.
  public static let cosine = OutputDistance(
    "cosine_distance", latex: "\\left(1 - \\operatorname{corr}(#1, #2)\\right)"
  ) { predicted, reference in
    let z = try predicted.subtracting(predicted.mean(over: [1], keepingRank: true))
    let z0 = try reference.subtracting(reference.mean(over: [0], keepingRank: true))
    let product = try z.multiplied(by: z0).sum(over: [1])
    let norms = try z.squared().sum(over: [1]).multiplied(by: z0.squared().sum(over: [0])).applying("sqrt")
    return try Tensor.scalar(1, elementType: predicted.elementType).subtracting(
      product.divided(by: norms.clamped(1e-30, .infinity)))
  }
}

extension Tensor {
  /// The class of the greatest output of each image of [outputs, images], repeated: [configurations, 1, images].
  fileprivate func ownClasses(configurations: Int) throws -> Tensor {
    let classes = try Tensor.single("aten::argmax", [.tensor(self), .int(0), .bool(true)])
    return try Tensor.single(
      "aten::expand",
      [.tensor(classes.reshaped([1] + classes.shape)), .ints([configurations] + classes.shape)])
  }
}
