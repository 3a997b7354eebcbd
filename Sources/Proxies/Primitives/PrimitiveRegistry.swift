import Foundation

/// The primitives that formulas are made of, in the order that tables show and searches draw in.
///
/// Another one is a value of its own and a line here, or, outside this library, ``adding(unary:binary:)``.
public struct PrimitiveRegistry: Sendable, Equatable {
  /// Operations on one operand.
  public let unary: [UnaryPrimitive]
  /// Operations that join two operands.
  public let binary: [BinaryPrimitive]
  private let unaryByName: [String: UnaryPrimitive]
  private let binaryByName: [String: BinaryPrimitive]

  /// The primitives of this library.
  public static let standard = PrimitiveRegistry(
    unchecked: [
      .noOperation,
      .absolute,
      .logarithm,
      .absoluteLogarithm,
      .shiftedLogarithm,
      .exponential,
      .square,
      .cube,
      .squareRoot,
      .cubeRoot,
      .relu,
      .leakyRelu,
      .swish,
      .mish,
      .softplus,
      .tanh,
      .sigmoid,
      .saturate,
      .sign,
      .heaviside,
      .invert,
      .negate,
      .normalize,
      .minMax,
      .center,
      .l1Normalize,
      .l2Normalize,
      .softmax,
      .logSoftmax,
      .rowMeans,
      .rowNorms,
      .gram,
      .pairwiseDistance,
      .frobeniusNorm,
      .l1Norm,
      .maximumNorm,
      .rootMeanSquare,
      .normalizedSum,
      .sum,
      .mean,
      .geometricMean,
      .standardDeviation,
      .variance,
      .skewness,
      .kurtosis,
      .minimum,
      .maximum,
      .entropy,
      .logDeterminant,
    ],
    [
      .sum,
      .difference,
      .product,
      .matrixProduct,
      .quotient,
      .greatest,
      .least,
      .lesser,
      .greater,
      .equal,
      .hamming,
      .divergence,
      .cosine,
      .euclidean,
      .l1Distance,
      .meanSquaredError,
    ])

  private init(unchecked unary: [UnaryPrimitive], _ binary: [BinaryPrimitive]) {
    self.unary = unary
    self.binary = binary
    unaryByName = Dictionary(unary.map { ($0.name, $0) }) { first, _ in first }
    binaryByName = Dictionary(binary.map { ($0.name, $0) }) { first, _ in first }
  }

  /// Makes a registry.
  ///
  /// - Throws: ``ProxyError`` where a name could not be read, or stands for two things; where ``UnaryPrimitive/noOperation``,
  ///   which empty places of a formula hold, is missing; or where there is no binary primitive.
  public init(unary: [UnaryPrimitive], binary: [BinaryPrimitive]) throws {
    guard unary.contains(.noOperation) else {
      throw ProxyError("the unary primitives lack \(UnaryPrimitive.noOperation), which empty places hold")
    }
    guard !binary.isEmpty else { throw ProxyError("there is no binary primitive to join formulas by") }
    var taken: [String: String] = [:]
    for input in FormulaInput.all { taken[input.name] = "an input" }
    for aggregation in Aggregation.allCases { taken[aggregation.rawValue] = "an aggregation" }
    for (kind, name) in unary.map({ ("a unary primitive", $0.name) })
      + binary.map({ ("a binary primitive", $0.name) })
    {
      guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
        throw ProxyError("the primitive '\(name)': a name is made of letters, digits and underscores")
      }
      if let other = taken[name] {
        throw ProxyError("the primitive '\(name)': \(other) has this name; another one is needed")
      }
      taken[name] = kind
    }
    self.init(unchecked: unary, binary)
  }

  /// These primitives, and others after them.
  ///
  /// - Throws: ``ProxyError`` where a name could not be read, or stands for two things.
  public func adding(unary: [UnaryPrimitive] = [], binary: [BinaryPrimitive] = []) throws -> PrimitiveRegistry
  {
    try PrimitiveRegistry(unary: self.unary + unary, binary: self.binary + binary)
  }

  /// The unary primitive of a name; nil where there is none.
  public func unary(named name: String) -> UnaryPrimitive? { unaryByName[name] }

  /// The binary primitive of a name; nil where there is none.
  public func binary(named name: String) -> BinaryPrimitive? { binaryByName[name] }

  /// Whether both hold primitives of the same names in the same order.
  public static func == (left: PrimitiveRegistry, right: PrimitiveRegistry) -> Bool {
    left.unary == right.unary && left.binary == right.binary
  }
}
