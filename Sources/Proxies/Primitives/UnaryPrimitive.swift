/// An operation on one tensor: its name, its values, and what can be told of it without computing it.
///
/// Outside an operation's domain its result is not a finite number, which makes a proxy invalid. Two primitives of one
/// name are the same; files hold the name alone, and a ``PrimitiveRegistry`` says what it stands for.
public struct UnaryPrimitive: Sendable {
  // In formulas a primitive is passed on and compared all the time, so it is a single reference.
  private final class Content: Sendable {
    let name: PrimitiveName
    let definition: PrimitiveDefinition
    let computation: UnaryComputation
    let number: @Sendable (Double) -> Double
    let facts: UnaryFacts
    let mean: UnaryMean
    let latex: @Sendable (LaTeX) -> LaTeX
    let sympy: @Sendable (String) -> String

    init(
      name: PrimitiveName, definition: PrimitiveDefinition, computation: UnaryComputation,
      number: @escaping @Sendable (Double) -> Double, facts: UnaryFacts, mean: UnaryMean,
      latex: @escaping @Sendable (LaTeX) -> LaTeX, sympy: @escaping @Sendable (String) -> String
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
  ///   - computation: the values on tensors, and what becomes of their shape.
  ///   - number: the value on a single number, the same as on a tensor of one element.
  ///   - facts: what the canonical form may assume.
  ///   - mean: a way to the mean of the result that is cheaper than the result.
  ///   - latex: the formula of an operand's; an operator of the primitive's name where not given.
  ///   - sympy: the same in SymPy; a function of the primitive's name where not given.
  public init(
    _ name: String, _ definition: PrimitiveDefinition, _ computation: UnaryComputation,
    number: @escaping @Sendable (Double) -> Double, facts: UnaryFacts = UnaryFacts(),
    mean: UnaryMean = .ofResult, latex: (@Sendable (LaTeX) -> LaTeX)? = nil,
    sympy: (@Sendable (String) -> String)? = nil
  ) {
    content = Content(
      name: PrimitiveName(name), definition: definition, computation: computation, number: number,
      facts: facts,
      mean: mean,
      latex: latex ?? { LaTeX(operator: name.replacing("to_", with: ""), [$0]) },
      sympy: sympy ?? { "Function('\(name)')(\($0))" })
  }

  /// What formulas call it.
  public var name: String { content.name.text }
  /// Formula and domain.
  public var definition: PrimitiveDefinition { content.definition }
  /// The values on tensors.
  public var computation: UnaryComputation { content.computation }
  /// What becomes of the shape.
  public var shape: ShapeRule { content.computation.shape }
  /// What the canonical form may assume.
  public var facts: UnaryFacts { content.facts }
  /// A way to the mean of the result.
  public var mean: UnaryMean { content.mean }

  /// The value on a single number.
  public func ofNumber(_ x: Double) -> Double { content.number(x) }

  /// The formula in LaTeX.
  public func latex(_ x: LaTeX) -> LaTeX { content.latex(x) }

  /// The formula as an expression of SymPy.
  public func sympy(_ x: String) -> String { content.sympy(x) }
}

extension UnaryPrimitive: Hashable, CustomStringConvertible {
  /// Whether the names are the same.
  public static func == (left: UnaryPrimitive, right: UnaryPrimitive) -> Bool {
    left.content === right.content || left.content.name == right.content.name
  }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(content.name) }

  /// The name.
  public var description: String { name }
}
