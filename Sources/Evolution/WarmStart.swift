import Proxies

extension SearchSpace {
  /// The handcrafted proxies that are formulas of this space, by name.
  public var handcraftedGenomes: [(name: String, genome: Genome)] {
    HandcraftedProxy.all.compactMap { proxy in
      guard let formula = proxy.asFormula, let genome = genome(of: formula) else { return nil }
      return (proxy.name, genome)
    }
  }
}
