import Torch

/// An operation on the responses of one layer, before they are superposed.
///
/// An operation is one value, and has a line in ``all``.
public struct ResponseOperation: Sendable {
  /// The name in texts.
  public let name: String
  /// Its formula in LaTeX, of what stands for `#1` and, where it takes one, the constant `#2`.
  public let latex: String
  /// The least and greatest constant; nil where it takes none.
  public let constants: ClosedRange<Double>?
  /// The constant of one operation that does what two in a row do, of their constants; nil where none does.
  public let repeated: (@Sendable (_ first: Double, _ second: Double) -> Double)?
  /// Of responses [alternatives, outputs, images], others of the same shape.
  public let apply: @Sendable (_ responses: Tensor, _ constant: Double) throws -> Tensor

  /// Makes an operation.
  public init(
    _ name: String, latex: String, constants: ClosedRange<Double>? = nil,
    repeated: (@Sendable (_ first: Double, _ second: Double) -> Double)? = nil,
    apply: @escaping @Sendable (_ responses: Tensor, _ constant: Double) throws -> Tensor
  ) {
    self.name = name
    self.latex = latex
    self.constants = constants
    self.repeated = repeated
    self.apply = apply
  }

  /// Those of this library.
  public static let all: [ResponseOperation] = [.center, .signedRoot, .clip, .scaled]

  /// The operation of a name; nil where there is none.
  public static func named(_ name: String) -> ResponseOperation? { all.first { $0.name == name } }
}

extension ResponseOperation: Hashable {
  /// Operations of one name are the same.
  public static func == (left: ResponseOperation, right: ResponseOperation) -> Bool {
    left.name == right.name
  }

  /// Adds the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension ResponseOperation {
  /// Each image's outputs less their mean: what all classes gain alike says nothing of which is predicted.
  public static let center = ResponseOperation(
    "center", latex: "(#1 - \\overline{#1})", repeated: { first, _ in first }
  ) { responses, _ in
    try responses.subtracting(responses.mean(over: [1], keepingRank: true))
  }

  /// sign(x) √|x|, which keeps directions and lets a few large changes not hide the others.
  public static let signedRoot = ResponseOperation(
    "signed_root", latex: "\\operatorname{sign}(#1) \\sqrt{|#1|}"
  ) { responses, _ in
    try responses.applying("sign").multiplied(by: responses.absolute().applying("sqrt"))
  }

  /// Changes beyond ± a constant are cut off.
  public static let clip = ResponseOperation(
    "clip", latex: "\\operatorname{clip}_{#2}(#1)", constants: 0.01...100, repeated: { min($0, $1) }
  ) { responses, constant in try responses.clamped(-constant, constant) }

  /// Changes times a constant.
  public static let scaled = ResponseOperation(
    "scaled", latex: "#2 \\cdot #1", constants: 0.01...10, repeated: { $0 * $1 }
  ) { responses, constant in try responses.scaled(by: constant)
  }
}
