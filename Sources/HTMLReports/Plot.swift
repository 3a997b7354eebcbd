import Foundation
import Reports

/// A chart of points, lines, bands and bars over two axes.
///
///     var plot = Plot(title: "Fitness", x: .init("evaluations"), y: .init("ρ"))
///     plot.add(.line, "best", points)
///     let figure = plot.svg
public struct Plot: Sendable {
  /// What an axis shows.
  public struct Axis: Sendable {
    /// The words beside it.
    public var title: String
    /// Whether equal factors have equal distances; values that are not positive are left out.
    public var isLogarithmic: Bool
    /// Whether it begins at zero.
    public var includesZero: Bool

    /// Names an axis.
    public init(_ title: String, isLogarithmic: Bool = false, includesZero: Bool = false) {
      self.title = title
      self.isLogarithmic = isLogarithmic
      self.includesZero = includesZero
    }
  }

  /// A point, with the ends of an interval where there is one.
  public struct Point: Sendable, Equatable {
    /// To the right.
    public var x: Double
    /// Upwards.
    public var y: Double
    /// From where to where it may as well lie.
    public var interval: ClosedRange<Double>?
    /// What it is of; shown where the pointer rests.
    public var label: String?

    /// Makes a point.
    public init(_ x: Double, _ y: Double, interval: ClosedRange<Double>? = nil, label: String? = nil) {
      (self.x, self.y, self.interval, self.label) = (x, y, interval, label)
    }
  }

  /// How the points of a series are drawn.
  public enum Mark: Sendable {
    /// A line through them, with a band where they have intervals.
    case line
    /// A broken line.
    case dashedLine
    /// A line that keeps each value up to the next point.
    case steps
    /// Each by itself, with its interval.
    case dots
    /// Each by itself, large.
    case emphasizedDots
    /// Each by itself, small and without its name, where there are many.
    case cloud
    /// Columns from zero.
    case columns
  }

  /// Points that belong together.
  public struct Series: Sendable {
    /// How they are drawn.
    public let mark: Mark
    /// What they are, for the legend.
    public let name: String
    /// The points.
    public let points: [Point]
    /// Which of the colours, from 0.
    public let color: Int
  }

  /// What it shows, in a few words.
  public let title: String
  /// The axis to the right.
  public let x: Axis
  /// The axis upwards.
  public let y: Axis
  /// What is drawn, in this order.
  public private(set) var series: [Series] = []
  /// The height, where the width is 640.
  public var height = 320.0

  /// Makes a chart with nothing in it.
  public init(title: String, x: Axis, y: Axis) { (self.title, self.x, self.y) = (title, x, y) }

  /// Adds points.
  ///
  /// - Parameter color: nil for the next one.
  public mutating func add(_ mark: Mark, _ name: String, _ points: [Point], color: Int? = nil) {
    let known = points.filter { $0.x.isFinite && $0.y.isFinite }
    series.append(
      Series(mark: mark, name: name, points: known, color: (color ?? series.count) % Self.colorCount))
  }

  /// How many colours there are.
  public static let colorCount = 8

  /// The points as a table: a row for each.
  public var table: Table {
    let hasIntervals = series.contains { $0.points.contains { $0.interval != nil } }
    let hasLabels = series.contains { $0.points.contains { $0.label != nil } }
    var table = Table(
      columns: [("series", "series")] + (hasLabels ? [("what", "label")] : [])
        + [(x.title, "x"), (y.title, "y")] + (hasIntervals ? [("from", "lower"), ("to", "upper")] : []))
    for series in series {
      for point in series.points {
        var row: [Table.Cell] = [.text(series.name)]
        if hasLabels { row.append(point.label.map { .text($0) } ?? .missing) }
        row += [.significant(point.x), .significant(point.y)]
        if hasIntervals {
          row += [point.interval?.lowerBound, point.interval?.upperBound].map {
            $0.map { .significant($0) } ?? .missing
          }
        }
        table.append(row)
      }
    }
    return table
  }
}
