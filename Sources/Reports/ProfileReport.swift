import Foundations

/// Where the time of a command went.
public struct ProfileReport: Sendable {
  private let rows: [StageProfile.Row]

  /// Makes the report of a profile's rows.
  public init(_ rows: [StageProfile.Row]) { self.rows = rows }

  /// A table of stages, and a line of all together.
  ///
  /// - Parameter width: of the terminal; nil where there is none.
  public func text(width: Int? = nil) -> String {
    let all = StageProfile.Row.total(of: rows)
    var table = Table(columns: [
      ("stage", "stage"), ("runs", "runs"), ("seconds", "seconds"), ("% of all", "percent"),
      ("processor s", "processor_seconds"), ("peak GiB by then", "peak_gib"),
    ])
    func cells(_ title: String, _ row: StageProfile.Row) -> [Table.Cell] {
      [
        .text(title), row.title == nil ? .missing : .integer(row.count), .number(row.seconds, decimals: 1),
        .number(100 * row.seconds / max(all.seconds, 1e-9), decimals: 1),
        .number(row.processorSeconds, decimals: 1),
        .number(Double(row.peakBytes) / Double(1 << 30), decimals: 2),
      ]
    }
    for row in rows { table.append(cells(row.title ?? "outside of stages", row)) }
    table.append(cells("all", all))
    return table.rendered(width: width)
  }
}
