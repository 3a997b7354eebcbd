/// Where islands of one search are handed out to be evolved, and where they meet: in a process, or among many.
///
/// What an island becomes in an epoch follows from where all stood at its beginning. So it does not matter who evolves it, when,
/// or how often: a worker that is lost costs the time that it spent, and no result.
public protocol IslandExchange: Sendable {
  /// Takes an island that nobody evolves through an epoch, or has evolved through it.
  ///
  /// - Returns: its index; nil where none is left for this worker, though others may still be at theirs.
  func claim(_ epoch: Epoch) throws -> Int?

  /// Gives an island back that was claimed and not evolved.
  func release(_ index: Int, _ epoch: Epoch) throws

  /// Takes in an island at the end of an epoch; where it is known, that one stays, as both are the same.
  func deliver(_ evolved: EvolvedIsland, _ epoch: Epoch) throws

  /// The reports of all islands at the end of an epoch, in their order; nil where some are not evolved yet.
  func reports(_ epoch: Epoch) throws -> [IslandReport]?

  /// An island as it stood after the generation at which an epoch ended, before visitors came; nil where all have gone on, and
  /// it is kept no more.
  func island(_ index: Int, after generation: Int) throws -> Island?
}
