import CPLplot
import Foundation
import Foundations
import Synchronization

/// A chart of points, such as of configurations by a proxy's score and their accuracy, drawn by PLplot.
///
///     try ScatterPlot(title: "resnet20, ρ = 0.83", xLabel: "score", yLabel: "top-1", points: points)
///       .write(to: "chart.svg")
public struct ScatterPlot: Sendable {
  /// A point and what its colour stands for.
  public struct Point: Sendable, Equatable {
    /// To the right.
    public var x: Double
    /// Upwards.
    public var y: Double
    /// A value that the colour stands for; nil for none.
    public var color: Double?

    /// Makes a point.
    public init(x: Double, y: Double, color: Double? = nil) {
      self.x = x
      self.y = y
      self.color = color
    }
  }

  /// Above the chart.
  public let title: String
  /// Below the chart.
  public let xLabel: String
  /// Left of the chart.
  public let yLabel: String
  /// What colours stand for; empty where points have none.
  public let colorLabel: String
  /// The points; those with a coordinate that is not finite are left out.
  public let points: [Point]

  /// Makes a chart.
  public init(title: String, xLabel: String, yLabel: String, colorLabel: String = "", points: [Point]) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.colorLabel = colorLabel
    self.points = points.filter { $0.x.isFinite && $0.y.isFinite && ($0.color?.isFinite ?? true) }
  }

  /// Drivers of PLplot by file ending.
  private static let drivers = ["svg": "svg", "png": "pngcairo"]
  /// PLplot keeps its state in global variables.
  private static let turn = Mutex<Void>(())

  /// Writes the chart, whole or not at all.
  ///
  /// - Parameter path: ends in `.svg` or `.png`.
  /// - Throws: `FileError` for other endings, without points, or where the file cannot be written.
  public func write(to path: String) throws {
    let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
    guard let driver = Self.drivers[ending] else {
      throw FileError(.usage, "\(path): charts are written as .svg or .png")
    }
    guard !points.isEmpty else {
      throw FileError(.data, "\(path): there is nothing to draw; no point has finite coordinates")
    }
    try AtomicFile.write(to: path) { temporary in
      // PLplot ends the program where it cannot open a file, so that is tried first.
      guard FileManager.default.createFile(atPath: temporary, contents: nil) else {
        throw FileError(.cannotCreate, "\(path): cannot create this file; name a place you may write to")
      }
      Self.turn.withLock { _ in draw(driver, temporary) }
    }
  }

  private func draw(_ driver: String, _ file: String) {
    c_plsdev(driver)
    c_plsfnam(file)
    c_plspage(0, 0, 900, 620, 0, 0)
    c_plscolbg(255, 255, 255)
    c_plscol0(1, 40, 40, 40)
    c_plscol0(2, 205, 205, 205)
    c_plscol0(3, 31, 90, 160)
    // From dark blue over green to yellow, which also reads in grey.
    c_plscmap1n(128)
    c_plscmap1l(
      1, 4, [0, 0.35, 0.7, 1], [0.25, 0.13, 0.35, 0.95], [0.1, 0.5, 0.75, 0.88], [0.45, 0.55, 0.4, 0.2], nil)
    c_plinit()
    c_pladv(0)
    let (xRange, yRange) = (Self.range(points.map(\.x)), Self.range(points.map(\.y)))
    let colors = points.compactMap(\.color)
    let isColored = colors.count == points.count && !colorLabel.isEmpty
    let area = (left: 0.11, right: isColored ? 0.86 : 0.96, bottom: 0.13, top: 0.91)
    c_plvpor(area.left, area.right, area.bottom, area.top)
    c_plwind(xRange.lowerBound, xRange.upperBound, yRange.lowerBound, yRange.upperBound)
    c_plschr(0, 0.75)
    c_plcol0(2)
    c_plbox("gt", 0, 0, "gt", 0, 0)
    drawPoints(xRange, yRange, area, isColored ? Self.range(colors, margin: 0) : nil)
    c_plcol0(1)
    c_plbox("bcnst", 0, 0, "bcnstv", 0, 0)
    c_plmtex("b", 3.4, 0.5, 0.5, Self.escaped(xLabel))
    c_plmtex("l", 5.2, 0.5, 0.5, Self.escaped(yLabel))
    c_plschr(0, 0.9)
    c_plmtex("t", 1.3, 0.5, 0.5, Self.escaped(title))
    if isColored { drawScale(Self.range(colors, margin: 0), area) }
    c_plend()
  }

  private func drawPoints(
    _ xRange: ClosedRange<Double>, _ yRange: ClosedRange<Double>,
    _ area: (left: Double, right: Double, bottom: Double, top: Double), _ colors: ClosedRange<Double>?
  ) {
    let radius = 4.0
    let width = radius * (xRange.upperBound - xRange.lowerBound) / (900 * (area.right - area.left))
    let height = radius * (yRange.upperBound - yRange.lowerBound) / (620 * (area.top - area.bottom))
    let angles = (0..<12).map { 2 * Double.pi * Double($0) / 12 }
    c_plcol0(3)
    for point in points {
      if let colors, let value = point.color {
        c_plcol1((value - colors.lowerBound) / (colors.upperBound - colors.lowerBound))
      }
      c_plfill(
        Int32(angles.count), angles.map { point.x + width * cos($0) },
        angles.map { point.y + height * sin($0) })
    }
  }

  /// The scale of colours, right of the chart.
  private func drawScale(
    _ colors: ClosedRange<Double>, _ area: (left: Double, right: Double, bottom: Double, top: Double)
  ) {
    c_plvpor(0.9, 0.925, area.bottom, area.top)
    c_plwind(0, 1, colors.lowerBound, colors.upperBound)
    let steps = 64
    let height = (colors.upperBound - colors.lowerBound) / Double(steps)
    for step in 0..<steps {
      c_plcol1((Double(step) + 0.5) / Double(steps))
      let (low, high) = (
        colors.lowerBound + Double(step) * height, colors.lowerBound + Double(step + 1) * height
      )
      c_plfill(4, [0, 1, 1, 0], [low, low, high, high])
    }
    c_plcol0(1)
    c_plschr(0, 0.65)
    c_plbox("bc", 0, 0, "bcmstv", 0, 0)
    c_plmtex("t", 1, 0.5, 0.5, Self.escaped(colorLabel))
  }

  /// From the least to the greatest value, with some room; never empty.
  private static func range(_ values: [Double], margin: Double = 0.04) -> ClosedRange<Double> {
    let (least, greatest) = (values.min() ?? 0, values.max() ?? 1)
    let size = greatest - least
    guard size > 1e-12 * max(abs(least), abs(greatest), 1e-300) else {
      let room = max(abs(least) * 0.1, 0.5)
      return least - room...greatest + room
    }
    return least - margin * size...greatest + margin * size
  }

  /// PLplot reads `#` as the beginning of a command.
  private static func escaped(_ text: String) -> String { text.replacingOccurrences(of: "#", with: "##") }
}
