import Foundation
import Foundations
import LayerStatistics

/// The wall-clock seconds that statistics took, in a file beside theirs, as they differ from run to run.
public struct StatisticsSeconds: Codable, Sendable {
  /// One forward pass over the images.
  public var forward: Double
  /// By the name of each `StatisticsStage`.
  public var stages: [String: Double]

  /// Makes a record.
  public init(forward: Double, stages: [StatisticsStage: Double]) {
    self.forward = forward
    self.stages = Dictionary(uniqueKeysWithValues: stages.map { ($0.rawValue, $1) })
  }

  private static func path(_ statistics: String) -> String { statistics + ".seconds.json" }

  /// Removes statistics and the file beside them.
  public static func removeAll(with statistics: String) {
    for file in [statistics, path(statistics)] { try? FileManager.default.removeItem(atPath: file) }
  }

  /// Reads the file beside statistics; nil where there is none.
  public init?(besides statistics: String) {
    guard let data = try? AtomicFile.read(Self.path(statistics)),
      let read = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = read
  }

  /// Adds to the file beside statistics; stages that were run again count anew.
  public func write(besides statistics: String) throws {
    var all = self
    all.stages.merge(Self(besides: statistics)?.stages ?? [:]) { new, _ in new }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(encoder.encode(all) + Data("\n".utf8), to: Self.path(statistics))
  }
}
