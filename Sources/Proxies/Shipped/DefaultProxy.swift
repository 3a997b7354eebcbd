import LayerStatistics

/// The proxy that is taken where none is named: of two formulas over responses, the one for the rounding that is meant.
///
/// Rounding to the nearest level changes outputs so much that the images near a decision tell configurations apart; where
/// rounding sees what enters layers, changes are small, and what chance makes of a few such images would outweigh the rest.
/// So each kind has a formula that was evolved on benchmarks of its own.
public struct DefaultProxy: ScoringProxy {
  private let nearest: any ScoringProxy
  private let others: any ScoringProxy

  /// Reads both formulas.
  ///
  /// - Throws: ``ProxyError`` where the library was built with files that hold none.
  public init() throws {
    nearest = try ShippedProxy.responseNearest.proxy()
    others = try ShippedProxy.response.proxy()
  }

  /// `default`.
  public var name: String { ProxyCatalog.defaultName }
  /// Of responses.
  public var kind: ProxyKind { .response }
  /// Those of either formula.
  public var statistics: [Statistic] { nearest.statistics + others.statistics }
  /// Those of either formula.
  public var perturbations: [PerturbationStatistic] { nearest.perturbations + others.perturbations }
  /// Those of either formula.
  public var responses: Set<ResponseInput> { nearest.responses.union(others.responses) }

  /// The formula for the rounding of some statistics.
  public func formula(for inputs: ProxyInputs) -> any ScoringProxy {
    inputs.roundingName == "nearest" ? nearest : others
  }

  /// The scores of a network's configurations.
  ///
  /// - Throws: ``ProxyError`` where responses were not computed.
  public func scores(_ inputs: ProxyInputs) throws -> any ConfigurationScoring {
    try formula(for: inputs).scores(inputs)
  }
}
