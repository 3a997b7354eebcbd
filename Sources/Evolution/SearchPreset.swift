import Proxies

/// A way to search that has a name: where, how, and with how many configurations, for all that is not said otherwise.
public struct SearchPreset: Sendable {
  /// The name in options.
  public let name: String
  /// The structure of formulas.
  public let structure: Structure
  /// How they are evolved.
  public let options: EvolutionOptions
  /// Configurations of each benchmark that serve the search.
  public let searchConfigurations: Int

  /// Makes a preset; ``all`` lists those of this library.
  public init(
    _ name: String, structure: Structure, searchConfigurations: Int, options: EvolutionOptions
  ) {
    self.name = name
    self.structure = structure
    self.searchConfigurations = searchConfigurations
    self.options = options
  }

  /// Those of this library.
  public static let all: [SearchPreset] = [.paper, .responses]

  /// The preset of a name; nil where there is none.
  public static func named(_ name: String) -> SearchPreset? { all.first { $0.name == name } }

  /// The preset of searches on networks where nobody says: ``responses`` where those of all networks are known.
  public static func usual(for networks: [ProxyInputs]) -> SearchPreset {
    let isKnown = ResponseInput.Background.allCases.contains { background in
      networks.allSatisfy { (try? $0.responses(ResponseInput(background, interactions: false))) != nil }
    }
    return isKnown ? .responses : .paper
  }
}

extension SearchPreset {
  /// EMQ's own (section 3.3 and appendix A): branched formulas over statistics of layers, a population of 50, ρ at the best
  /// 20, 50 and 100 %, 50 configurations.
  public static let paper = SearchPreset(
    "paper", structure: .branched, searchConfigurations: ConfigurationSplit.paperSearchCount,
    options: EvolutionOptions())

  /// Formulas over responses with real constants, which are tuned; ρ over 100 configurations; the oldest leave, and one of
  /// the 50 best is chosen.
  public static let responses: SearchPreset = {
    var options = EvolutionOptions()
    options.fitness = .rho
    options.removal = .oldest
    options.hallOfFameSize = 50
    return SearchPreset("responses", structure: .response, searchConfigurations: 100, options: options)
  }()
}
