/// The generations from one meeting of the islands to the next, in which each evolves by itself.
public struct Epoch: Sendable, Hashable, Codable {
  /// The generation after which it begins; 0 where populations are yet to be drawn.
  public let start: Int
  /// The generation after which it ends.
  public let end: Int

  /// Makes an epoch.
  public init(start: Int, end: Int) {
    self.start = start
    self.end = end
  }
}

extension EvolutionOptions {
  /// The epoch that begins after a generation: to the next migration, or to the end of the search.
  func epoch(after generation: Int) -> Epoch {
    Epoch(
      start: generation, end: min(generations, (generation / migrationInterval + 1) * migrationInterval))
  }

  /// How many epochs a search has that no rule stops before its last generation.
  public var epochCount: Int {
    max(1, generations / migrationInterval + (generations % migrationInterval).signum())
  }

  /// These epochs.
  public var epochs: [Epoch] { (0..<epochCount).map { epoch(after: $0 * migrationInterval) } }
}
