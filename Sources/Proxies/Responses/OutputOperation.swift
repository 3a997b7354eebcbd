import Torch

/// An operation on predicted outputs, and on the float network's alike, before they become one number.
///
/// An operation is one value, and has a line in ``all``.
public struct OutputOperation: Sendable {
  /// The name in texts.
  public let name: String
  /// Its formula in LaTeX, of what stands for `#1` and, where it takes one, the constant `#2`.
  public let latex: String
  /// The least and greatest constant; nil where it takes none.
  public let constants: ClosedRange<Double>?
  /// The constant of one operation that does what two in a row do, of their constants; nil where none does.
  public let repeated: (@Sendable (_ first: Double, _ second: Double) -> Double)?
  /// Of outputs [..., outputs, images], others of the same shape.
  public let apply: @Sendable (_ outputs: Tensor, _ constant: Double) throws -> Tensor

  /// Makes an operation.
  public init(
    _ name: String, latex: String, constants: ClosedRange<Double>? = nil,
    repeated: (@Sendable (_ first: Double, _ second: Double) -> Double)? = nil,
    apply: @escaping @Sendable (_ outputs: Tensor, _ constant: Double) throws -> Tensor
  ) {
    self.name = name
    self.latex = latex
    self.constants = constants
    self.repeated = repeated
    self.apply = apply
  }

  /// Those of this library.
  public static let all: [OutputOperation] = [.temper, .standardize, .probabilities]

  /// The operation of a name; nil where there is none.
  public static func named(_ name: String) -> OutputOperation? { all.first { $0.name == name } }
}

extension OutputOperation: Hashable {
  /// Operations of one name are the same.
  public static func == (left: OutputOperation, right: OutputOperation) -> Bool { left.name == right.name }

  /// Adds the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension OutputOperation {
  /// Outputs divided by a temperature: above 1, images that the network is sure of count more beside the others.
  public static let temper = OutputOperation(
    "temper", latex: "#1 / #2", constants: 0.1...100, repeated: { $0 * $1 }
  ) { outputs, temperature in try outputs.scaled(by: 1 / temperature)
  }

  /// Each image's outputs less their mean, divided by their standard deviation, so that all networks have one scale.
  public static let standardize = OutputOperation(
    "standardize", latex: "\\operatorname{standardize}(#1)", repeated: { first, _ in first }
  ) { outputs, _ in
    let dimension = outputs.rank - 2
    let centered = try outputs.subtracting(outputs.mean(over: [dimension], keepingRank: true))
    let deviation = try centered.squared().mean(over: [dimension], keepingRank: true).applying("sqrt")
    return try centered.divided(by: deviation.clamped(1e-12, .infinity))
  }

  /// The softmax of each image's outputs.
  public static let probabilities = OutputOperation("probabilities", latex: "\\sigma(#1)") { outputs, _ in
    try outputs.logSoftmax(dimension: outputs.rank - 2).applying("exp")
  }
}
