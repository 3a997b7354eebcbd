import Foundation
import HTMLReports

/// A small line without axes, for how a number went.
struct Sparkline {
  private static let (width, height) = (200.0, 36.0)
  /// What it shows, in words.
  let title: String
  /// The values, from the first to the last.
  let values: [Double]

  /// The drawing; nothing where there are not two values.
  var html: HTML {
    let known = values.filter(\.isFinite)
    guard known.count > 1, let least = known.min(), let greatest = known.max() else { return .empty }
    let range = max(greatest - least, 1e-12)
    let places = known.enumerated().map { index, value in
      String(
        format: "%.1f %.1f", 2 + (Self.width - 4) * Double(index) / Double(known.count - 1),
        Self.height - 3 - (Self.height - 6) * (value - least) / range)
    }
    let path = HTML("path", ["class": "line c0", "d": "M" + places.joined(separator: "L")])
    return HTML(
      "div", ["class": "spark"], [Drawing(title: title, width: Self.width, height: Self.height, [path]).svg])
  }
}
