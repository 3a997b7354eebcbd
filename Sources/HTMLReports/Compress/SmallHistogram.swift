import Foundation

/// How often numbers occur, with the levels that they are rounded to; small, to stand among many.
struct SmallHistogram: Sendable {
  /// What it is of.
  let title: String
  /// From the least to the greatest number shown.
  let range: ClosedRange<Double>
  /// How many numbers lie in each of the range's equal parts.
  let counts: [Double]
  /// The levels of the grid; none are drawn where there are more than 64.
  let levels: [Double]

  /// A histogram whose parts are joined until there are at most so many.
  func joined(_ limit: Int) -> SmallHistogram {
    let size = max(1, (counts.count + limit - 1) / limit)
    let sums = stride(from: 0, to: counts.count, by: size).map { start in
      counts[start..<min(counts.count, start + size)].reduce(0, +)
    }
    return SmallHistogram(title: title, range: range, counts: sums, levels: levels)
  }

  /// The drawing: heights as roots of counts, so that rare numbers are seen, too; ticks below it where levels are.
  var svg: HTML {
    let (width, height, base) = (200.0, 70.0, 54.0)
    let highest = max(1, counts.max() ?? 1).squareRoot()
    var path = "M0 \(NumberText.coordinate(base))"
    for (bin, count) in counts.enumerated() {
      let y = base - (base - 2) * max(0, count).squareRoot() / highest
      let x = width * Double(bin + 1) / Double(max(1, counts.count))
      path += "V\(NumberText.coordinate(y))H\(NumberText.coordinate(x))"
    }
    path += "V\(NumberText.coordinate(base))Z"
    let span = max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
    var ticks = ""
    if levels.count <= 64 {
      for level in levels where range.contains(level) {
        ticks +=
          "M\(NumberText.coordinate(width * (level - range.lowerBound) / span)) \(NumberText.coordinate(base))v6"
      }
    }
    func label(_ x: Double, _ anchor: String, _ value: Double) -> HTML {
      HTML(
        "text",
        ["class": "small quiet", "x": NumberText.coordinate(x), "y": "69", "text-anchor": anchor],
        NumberText.short(value, digits: 3))
    }
    return Drawing(
      title: title, width: width, height: height,
      [
        HTML("path", ["class": "area c0", "d": path]), HTML("path", ["class": "line c1", "d": ticks]),
        label(0, "start", range.lowerBound), label(width, "end", range.upperBound),
      ]
    ).svg
  }
}
