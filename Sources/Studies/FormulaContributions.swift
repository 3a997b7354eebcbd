import Evolution
import Proxies

/// What each part of a formula contributes to how well it ranks some of the configurations.
public struct FormulaContributions: Sendable {
  /// A part.
  public struct Part: Sendable {
    /// What it is called.
    public let name: String
    /// What it is.
    public let kind: FormulaPart.Kind
    /// How many parts it is within.
    public let depth: Int
    /// ρ of the formula that ends with it; nil where there is none, or its ρ is not defined.
    public let alone: Double?
    /// ρ of the formula without it; nil where it cannot be left out, or ρ is not defined then.
    public let without: Double?
    /// Whether it can be left out.
    public let isRemovable: Bool
  }

  /// Parts of very long formulas beyond this number are not told apart.
  public static let maximumParts = 80

  /// ρ of the whole formula; nil where it is not defined.
  public let whole: Double?
  /// The parts from the score down, each before those that it takes.
  public let parts: [Part]

  /// Ranks by the formula with and without each of its parts.
  ///
  /// - Complexity: two rankings for each part.
  public init(_ proxy: EvolvedProxy, _ problem: SearchProblem, on configurations: SearchProblem.Part) {
    let root = proxy.part
    // A formula of depth d has at most 2ᵈ⁺¹ parts, and most have far fewer.
    let depth = (0...Self.maximumParts).last { root.cut(toDepth: $0).count <= Self.maximumParts } ?? 0
    func rho(_ proxy: EvolvedProxy?) -> Double? {
      proxy.flatMap { problem.correlation($0, on: configurations) }
    }
    func list(_ part: FormulaPart, depth: Int) -> [Part] {
      [
        Part(
          name: part.name, kind: part.kind, depth: depth, alone: rho(part.alone), without: rho(part.without),
          isRemovable: part.without != nil)
      ] + part.parts.flatMap { list($0, depth: depth + 1) }
    }
    whole = rho(proxy)
    parts = list(root.cut(toDepth: depth), depth: 0)
  }

  /// How much lower ρ is without a part; nil where that is not defined.
  public func contribution(of part: Part) -> Double? {
    guard let whole, let without = part.without else { return nil }
    return whole - without
  }
}
