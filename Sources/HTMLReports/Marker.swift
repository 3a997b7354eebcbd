/// A dot whose shape, not only its colour, tells the series that it belongs to.
struct Marker {
  /// Which of the colours, from 0.
  let color: Int
  /// About half of its width.
  let radius: Double

  /// The element at a place.
  ///
  /// - Parameter label: what is shown where the pointer rests.
  func html(_ x: Double, _ y: Double, label: String? = nil) -> HTML {
    func coordinates(_ x: Double, _ y: Double) -> String {
      "\(NumberText.coordinate(x)) \(NumberText.coordinate(y))"
    }
    let children = label.map { [HTML("title", [:], $0)] } ?? []
    let style = "dot c\(color)"
    switch color % 4 {
    case 0:
      return HTML(
        "circle",
        [
          "class": style, "cx": NumberText.coordinate(x), "cy": NumberText.coordinate(y),
          "r": NumberText.coordinate(radius),
        ], children)
    case 1:
      return HTML(
        "rect",
        [
          "class": style, "x": NumberText.coordinate(x - 0.9 * radius),
          "y": NumberText.coordinate(y - 0.9 * radius),
          "width": NumberText.coordinate(1.8 * radius), "height": NumberText.coordinate(1.8 * radius),
        ], children)
    case 2:
      let path =
        "M\(coordinates(x, y - 1.2 * radius))L\(coordinates(x + 1.1 * radius, y + 0.8 * radius))L\(coordinates(x - 1.1 * radius, y + 0.8 * radius))Z"
      return HTML("path", ["class": style, "d": path], children)
    default:
      let path =
        "M\(coordinates(x, y - 1.3 * radius))L\(coordinates(x + 1.3 * radius, y))L\(coordinates(x, y + 1.3 * radius))L\(coordinates(x - 1.3 * radius, y))Z"
      return HTML("path", ["class": style, "d": path], children)
    }
  }
}
