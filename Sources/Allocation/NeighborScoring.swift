import BitModel

/// Another choice for one group of layers.
public struct GroupChange: Hashable, Sendable {
  /// The group.
  public let group: Int
  /// The position of its choice.
  public let position: Int

  /// Names a change.
  public init(group: Int, position: Int) {
    self.group = group
    self.position = position
  }
}

/// Scores choices and what is near them, higher for better.
///
/// What can reuse the score of a choice for its neighbours does so after ``move(to:)``.
public protocol NeighborScoring {
  /// Takes a choice, by the position of each group, as the one that neighbours are seen from.
  ///
  /// - Returns: its score; nil where it has none.
  mutating func move(to positions: [Int]) throws -> Double?

  /// The scores of the choice with groups changed; nil where one has none.
  func scores(changing changes: [[GroupChange]]) throws -> [Double?]
}

/// Scores neighbours as any other configurations.
public struct PlainNeighborScoring: NeighborScoring {
  private let space: AllocationSpace
  private let score: (BitConfiguration) throws -> Double?
  private var positions: [Int] = []

  /// Makes scores of a function of configurations; nil where one has none.
  public init(space: AllocationSpace, score: @escaping (BitConfiguration) throws -> Double?) {
    self.space = space
    self.score = score
  }

  /// Takes a choice as the one that neighbours are seen from.
  public mutating func move(to positions: [Int]) throws -> Double? {
    self.positions = positions
    return try score(space.configuration(positions))
  }

  /// The scores of the choice with groups changed.
  public func scores(changing changes: [[GroupChange]]) throws -> [Double?] {
    try changes.map { try score(space.configuration(positions.changing($0))) }
  }
}

extension [Int] {
  /// These positions with groups changed.
  func changing(_ changes: [GroupChange]) -> [Int] {
    var result = self
    for change in changes { result[change.group] = change.position }
    return result
  }
}
