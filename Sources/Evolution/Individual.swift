import Proxies

/// A structure and how well it ranks the search configurations.
public struct Individual: Sendable, Equatable, Codable {
  /// What is inherited and mutated.
  public let structure: BranchedStructure
  /// The mean of ρ@k on the search configurations.
  public let fitness: Double
}
