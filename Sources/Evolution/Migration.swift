/// Who travels where islands meet: each island's fittest individual to the next island, the last one's to the first.
///
/// All depart before any arrives, so the order of islands does not matter.
enum Migration {
  /// Who comes to an island after a generation; nil where nobody travels then.
  static func visitor(
    to index: Int, after generation: Int, _ reports: [IslandReport], options: EvolutionOptions
  ) -> Individual? {
    guard reports.count > 1, generation.isMultiple(of: options.migrationInterval) else { return nil }
    return reports[(index + reports.count - 1) % reports.count].fittest
  }
}
