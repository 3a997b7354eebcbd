/// What the others are told of an island at the end of an epoch, which is little beside the island itself.
public struct IslandReport: Sendable, Equatable, Codable {
  /// Its fittest individual, who may travel.
  public let fittest: Individual?
  /// A row for each generation of the epoch.
  public let rows: [HistoryRow]
  /// How many candidates each stage of screening turned away so far.
  public let rejections: [CompatibilityScreening.Stage: Int]

  init(_ island: Island, rows: [HistoryRow]) {
    fittest = island.best
    self.rows = rows
    rejections = island.screening.rejections
  }
}

/// An island as it stands at the end of an epoch, before visitors come, with its report.
public struct EvolvedIsland: Sendable, Equatable {
  /// The island.
  public let island: Island
  /// What the others are told of it.
  public let report: IslandReport

  /// Puts the two together.
  public init(_ island: Island, _ report: IslandReport) {
    self.island = island
    self.report = report
  }
}
