import Proxies
import Support

/// The best formulas of a search, each once.
public struct HallOfFame: Sendable, Equatable, Codable {
  /// From the highest fitness down; among equals the simpler first.
  public private(set) var members: [Individual] = []
  private let size: Int

  init(size: Int) { self.size = size }

  mutating func consider(_ candidate: Individual) {
    let text = candidate.structure.proxy.description
    guard !members.contains(where: { $0.structure.proxy.description == text }) else { return }
    func key(_ individual: Individual) -> (Double, Int, String) {
      let proxy = individual.structure.proxy
      return (-individual.fitness, proxy.complexity, proxy.description)
    }
    let position = members.firstIndex { key(candidate) < key($0) } ?? members.count
    guard position < size else { return }
    members.insert(candidate, at: position)
    if members.count > size { members.removeLast() }
  }
}
