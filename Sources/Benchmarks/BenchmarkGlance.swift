import BitModel
import Foundation
import GRDB

/// What a benchmark in an SQLite file holds, read without ever writing, while others may add rows.
public struct BenchmarkGlance: Sendable {
  /// A measured configuration without what was measured of single images.
  public struct Row: Sendable, Equatable {
    /// The bits of each layer.
    public let configuration: BitConfiguration
    /// Why it was measured.
    public let role: BenchmarkRow.Role
    /// What was measured.
    public let values: [Measure: Double]
    /// Seconds that the measurement took; nil where that is not known.
    public let seconds: Double?
  }

  /// What the rows have in common.
  public let description: BenchmarkDescription
  /// The rows, in the order of the configurations' text.
  public let rows: [Row]

  /// Reads the rows of a file.
  ///
  /// - Throws: ``BenchmarkError`` where it is no benchmark, damaged, or being written for longer than a moment.
  public init(reading path: String) throws {
    do {
      let store = try SQLiteBenchmarkStore(opening: path, isReadOnly: true)
      description = store.description
      rows = try store.glances()
    } catch let error as BenchmarkError where error.kind == .cannotCreate {
      // Only who may write can undo what a killed process had half written.
      throw BenchmarkError("\(path): cannot be read until the process that writes it goes on or is resumed")
    }
  }

  /// What is shown first: top-1, or the divergence where nothing is right or wrong because outputs are values.
  public var measure: Measure {
    rows.isEmpty || rows.contains { $0.values[.top1] != 0 } ? .top1 : .kl
  }
}

extension SQLiteBenchmarkStore {
  fileprivate func glances() throws -> [BenchmarkGlance.Row] {
    try translate {
      try queue.read { database in
        try GRDB.Row.fetchAll(
          database,
          sql: """
            SELECT configuration, role, top1, loss, kl, agreement, seconds FROM result \
            WHERE \(Self.ownRows) ORDER BY configuration
            """,
          arguments: StatementArguments(key.arguments)
        ).compactMap { row -> BenchmarkGlance.Row? in
          // Files of others may hold anything.
          func text(_ column: String) -> String? { String.fromDatabaseValue(row[column]) }
          func number(_ column: String) -> Double? { Double.fromDatabaseValue(row[column]) }
          guard let configuration = text("configuration").flatMap({ BitConfiguration($0) }),
            configuration.count == description.costs.layers.count,
            let role = text("role").flatMap({ BenchmarkRow.Role(rawValue: $0) })
          else { return nil }
          var values: [Measure: Double] = [:]
          for measure in Measure.allCases { values[measure] = number(measure.rawValue) }
          guard values.count == Measure.allCases.count else { return nil }
          return BenchmarkGlance.Row(
            configuration: configuration, role: role, values: values, seconds: number("seconds"))
        }
      }
    }
  }
}
