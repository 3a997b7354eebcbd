/// The best proxies of a search, each behaviour once.
public struct HallOfFame: Sendable, Equatable, Codable {
  /// From the highest fitness down; among equals the simpler first.
  public private(set) var members: [Individual] = []
  private let size: Int

  init(size: Int) { self.size = size }

  mutating func consider(_ candidate: Individual) {
    if members.count == size, let last = members.last, !Individual.precedes(candidate, last) { return }
    let alike = members.firstIndex {
      $0.form == candidate.form
        || ($0.fingerprint == candidate.fingerprint && $0.fitness == candidate.fitness)
    }
    if let alike {
      // Of two that rank alike the simpler one stays.
      guard Individual.precedes(candidate, members[alike]) else { return }
      members.remove(at: alike)
    }
    let position = members.firstIndex { Individual.precedes(candidate, $0) } ?? members.count
    members.insert(candidate, at: position)
    if members.count > size { members.removeLast() }
  }

  /// The best of several halls.
  static func merging(_ halls: [HallOfFame], size: Int) -> HallOfFame {
    var result = HallOfFame(size: size)
    for hall in halls { for member in hall.members { result.consider(member) } }
    return result
  }
}
