/// An operation that joins two tensors: its name, its values, and what can be told of it without computing it.
///
/// Tensors of one shape in all layers are joined as ``definition`` says; otherwise each is reduced to its mean first, and
/// the result is a number. Two primitives of one name are the same; files hold the name alone, and a
/// ``PrimitiveRegistry`` says what it stands for.
public struct BinaryPrimitive: Sendable {
  // In formulas a primitive is passed on and compared all the time, so it is a single reference.
  private final class Content: Sendable {
    let name: PrimitiveName
    let definition: PrimitiveDefinition
    let computation: BinaryComputation
    let number: @Sendable (Double, Double) -> Double
    let facts: BinaryFacts
    let mean: BinaryMean
    let latex: @Sendable (LaTeX, LaTeX) -> LaTeX
    let sympy: @Sendable (String, String) -> String

    init(
      name: PrimitiveName, definition: PrimitiveDefinition, computation: BinaryComputation,
      number: @escaping @Sendable (Double, Double) -> Double, facts: BinaryFacts, mean: BinaryMean,
      latex: @escaping @Sendable (LaTeX, LaTeX) -> LaTeX,
      sympy: @escaping @Sendable (String, String) -> String
    ) {
      self.name = name
      self.definition = definition
      self.computation = computation
      self.number = number
      self.facts = facts
      self.mean = mean
      self.latex = latex
      self.sympy = sympy
    }
  }

  private let content: Content

  /// Makes a primitive.
  ///
  /// - Parameters:
  ///   - name: what formulas call it: letters, digits and underscores.
  ///   - definition: formula and domain.
  ///   - computation: the values on tensors of one shape, and what becomes of it.
  ///   - number: the value on two numbers, neither of which is NaN; the same as on tensors of one element.
  ///   - facts: what the canonical form may assume.
  ///   - mean: a way to the mean of the result that is cheaper than the result.
  ///   - latex: the formula of two operands'; an operator of the primitive's name where not given.
  ///   - sympy: the same in SymPy; a function of the primitive's name where not given.
  public init(
    _ name: String, _ definition: PrimitiveDefinition, _ computation: BinaryComputation,
    number: @escaping @Sendable (Double, Double) -> Double, facts: BinaryFacts = BinaryFacts(),
    mean: BinaryMean = .ofResult, latex: (@Sendable (LaTeX, LaTeX) -> LaTeX)? = nil,
    sympy: (@Sendable (String, String) -> String)? = nil
  ) {
    content = Content(
      name: PrimitiveName(name), definition: definition, computation: computation, number: number,
      facts: facts,
      mean: mean, latex: latex ?? { LaTeX(operator: name, [$0, $1]) },
      sympy: sympy ?? { "Function('\(name)')(\($0), \($1))" })
  }

  /// What formulas call it.
  public var name: String { content.name.text }
  /// Formula and domain.
  public var definition: PrimitiveDefinition { content.definition }
  /// The values on tensors of one shape.
  public var computation: BinaryComputation { content.computation }
  /// What becomes of two operands of one shape.
  public var shape: ShapeRule { content.computation.shape }
  /// What the canonical form may assume.
  public var facts: BinaryFacts { content.facts }
  /// A way to the mean of the result.
  public var mean: BinaryMean { content.mean }

  /// The value on two numbers; NaN where either is.
  public func ofNumbers(_ x: Double, _ y: Double) -> Double {
    x.isNaN || y.isNaN ? .nan : content.number(x, y)
  }

  /// The formula in LaTeX.
  public func latex(_ x: LaTeX, _ y: LaTeX) -> LaTeX { content.latex(x, y) }

  /// The formula as an expression of SymPy.
  public func sympy(_ x: String, _ y: String) -> String { content.sympy(x, y) }
}

extension BinaryPrimitive: Hashable, CustomStringConvertible {
  /// Whether the names are the same.
  public static func == (left: BinaryPrimitive, right: BinaryPrimitive) -> Bool {
    left.content === right.content || left.content.name == right.content.name
  }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(content.name) }

  /// The name.
  public var description: String { name }
}
