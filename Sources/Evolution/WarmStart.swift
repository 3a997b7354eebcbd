import Proxies

/// What the first population of a search is given.
public enum WarmStart {
  /// The word for all handcrafted proxies that are formulas of the space.
  public static let handcrafted = "handcrafted"

  /// The genomes that a text stands for: ``handcrafted``, or a file with a formula on each line.
  ///
  /// - Throws: ``EvolutionError`` where there are none, or a formula is none of the space.
  public static func genomes(_ text: String, in space: SearchSpace) throws -> [Genome] {
    guard text != handcrafted else {
      let genomes = space.handcraftedGenomes.map(\.genome)
      guard !genomes.isEmpty else {
        throw EvolutionError(
          "no handcrafted proxy is a formula of this structure and these inputs, so none can be begun with",
          kind: .usage)
      }
      return genomes
    }
    return try FormulaFile(text).proxies.map { proxy in
      guard let genome = space.genome(of: proxy) else {
        throw EvolutionError("\(text): \(proxy) is not a formula of this structure and these inputs")
      }
      return genome
    }
  }
}

extension SearchSpace {
  /// The handcrafted proxies that are formulas of this space, by name.
  public var handcraftedGenomes: [(name: String, genome: Genome)] {
    HandcraftedProxy.all.compactMap { proxy in
      guard let formula = proxy.asFormula, let genome = genome(of: formula) else { return nil }
      return (proxy.name, genome)
    }
  }
}
