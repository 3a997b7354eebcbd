/// Sends each island's fittest individual to the next island, the last one's to the first.
///
/// All depart before any arrives, so the order of islands does not matter.
func migrate(_ islands: inout [Island], options: EvolutionOptions) {
  guard islands.count > 1 else { return }
  let travellers = islands.map(\.best)
  for (index, traveller) in travellers.enumerated() {
    guard let traveller else { continue }
    islands[(index + 1) % islands.count].receive(traveller, options)
  }
}
