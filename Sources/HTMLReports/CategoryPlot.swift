import Reports

/// Named values one below the other, over one axis: as points with intervals, or as bars from zero.
///
///     var plot = CategoryPlot(title: "Correlations", axis: "ρ", mark: .points)
///     plot.values = [.init("hawq_v2", 0.91, interval: 0.88...0.93)]
///     plot.references = [("noise ceiling", 0.98)]
public struct CategoryPlot: Sendable {
  /// How values are drawn.
  public enum Mark: Sendable {
    /// Points, with their intervals.
    case points
    /// Bars from zero.
    case bars
  }

  /// A value.
  public struct Value: Sendable {
    /// What it is of.
    public let name: String
    /// The value; nil where it is not defined.
    public let value: Double?
    /// From where to where it may as well lie.
    public let interval: ClosedRange<Double>?
    /// Which of the groups it belongs to, from 0.
    public let group: Int

    /// Makes a value.
    public init(_ name: String, _ value: Double?, interval: ClosedRange<Double>? = nil, group: Int = 0) {
      (self.name, self.value, self.interval, self.group) = (name, value, interval, group)
    }

    var finite: Double? { value.flatMap { $0.isFinite ? $0 : nil } }
  }

  /// What it shows, in a few words.
  public let title: String
  /// The words below the axis.
  public let axis: String
  /// How values are drawn.
  public let mark: Mark
  /// What groups are called; they differ in colour and shape.
  public var groups: [String] = []
  /// The values, from above.
  public var values: [Value] = []
  /// Lines across all values, with what they are called.
  public var references: [(name: String, value: Double)] = []

  /// Makes a chart with nothing in it.
  public init(title: String, axis: String, mark: Mark) {
    (self.title, self.axis, self.mark) = (title, axis, mark)
  }

  /// The values as a table: a row for each, the lines last.
  public var table: Table {
    let hasGroups = groups.count > 1
    let hasIntervals = values.contains { $0.interval != nil }
    var table = Table(
      columns: [("what", "name")] + (hasGroups ? [("kind", "kind")] : []) + [(axis, "value")]
        + (hasIntervals ? [("from", "lower"), ("to", "upper")] : []))
    func cell(_ value: Double?) -> Table.Cell { value.map { .significant($0) } ?? .missing }
    func append(_ name: String, _ group: String, _ value: Double?, _ interval: ClosedRange<Double>?) {
      table.append(
        [.text(name)] + (hasGroups ? [.text(group)] : []) + [cell(value)]
          + (hasIntervals ? [cell(interval?.lowerBound), cell(interval?.upperBound)] : []))
    }
    for value in values {
      append(
        value.name, groups.indices.contains(value.group) ? groups[value.group] : "", value.finite,
        value.interval)
    }
    for reference in references { append(reference.name, "line", reference.value, nil) }
    return table
  }
}

extension Figure {
  /// Makes a figure of named values.
  public init(_ plot: CategoryPlot, caption: String) {
    self.init(title: plot.title, caption: caption, picture: plot.svg, table: plot.table)
  }
}
