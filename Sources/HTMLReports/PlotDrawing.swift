extension Plot {
  /// Where the axes cross and end, in a drawing 640 wide.
  private struct Frame {
    let left = 62.0, right = 628.0, top = 12.0, bottom: Double
    let x, y: PlotScale

    func point(_ point: Point) -> (x: Double, y: Double)? {
      guard let across = horizontal(point.x), let up = vertical(point.y) else { return nil }
      return (across, up)
    }

    func horizontal(_ value: Double) -> Double? { x.position(value).map { left + $0 * (right - left) } }

    func vertical(_ value: Double) -> Double? { y.position(value).map { bottom - $0 * (bottom - top) } }
  }

  /// The drawing, with a legend where there are several series.
  public var svg: HTML {
    let points = series.flatMap(\.points)
    let columns = series.contains { if case .columns = $0.mark { true } else { false } }
    let frame = Frame(
      bottom: height - 44,
      x: PlotScale(points.map(\.x), isLogarithmic: x.isLogarithmic, includesZero: x.includesZero),
      y: PlotScale(
        points.flatMap { [$0.y] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) },
        isLogarithmic: y.isLogarithmic, includesZero: y.includesZero || columns))
    let drawing = Drawing(
      title: title, width: 640, height: height, [axes(frame)] + series.map { draw($0, frame) })
    return .group(series.count > 1 ? [legend, drawing.svg] : [drawing.svg])
  }

  private var legend: HTML {
    Legend(entries: series.filter { !$0.points.isEmpty }.map { (sample($0), $0.name) }).html
  }

  private func sample(_ series: Series) -> HTML {
    switch series.mark {
    case .line, .steps: HTML("path", ["class": "line c\(series.color)", "d": "M1 6H23"])
    case .dashedLine: HTML("path", ["class": "line dashed c\(series.color)", "d": "M1 6H23"])
    case .dots: Marker(color: series.color, radius: 3).html(12, 6)
    case .emphasizedDots: Marker(color: series.color, radius: 5).html(12, 6)
    case .cloud: HTML("path", ["class": "cloud c\(series.color)", "d": "M12 6h0"])
    case .columns:
      HTML("rect", ["class": "area c\(series.color)", "x": "4", "y": "2", "width": "16", "height": "8"])
    }
  }

  private func axes(_ frame: Frame) -> HTML {
    func line(_ path: String) -> HTML { HTML("path", ["class": "grid", "d": path]) }
    func text(_ x: Double, _ y: Double, _ anchor: String, _ text: String) -> HTML {
      HTML(
        "text",
        ["x": NumberText.coordinate(x), "y": NumberText.coordinate(y), "text-anchor": anchor], text)
    }
    var parts: [HTML] = []
    for tick in frame.y.ticks(5) {
      guard let y = frame.vertical(tick) else { continue }
      parts.append(
        line(
          "M\(NumberText.coordinate(frame.left)) \(NumberText.coordinate(y))H\(NumberText.coordinate(frame.right))"
        ))
      parts.append(text(frame.left - 6, y + 4, "end", NumberText.short(tick, digits: 5)))
    }
    for tick in frame.x.ticks(6) {
      guard let x = frame.horizontal(tick) else { continue }
      parts.append(line("M\(NumberText.coordinate(x)) \(NumberText.coordinate(frame.bottom))v4"))
      parts.append(text(x, frame.bottom + 18, "middle", NumberText.short(tick, digits: 5)))
    }
    parts.append(
      HTML(
        "path",
        [
          "class": "axis",
          "d":
            "M\(NumberText.coordinate(frame.left)) \(NumberText.coordinate(frame.top))V\(NumberText.coordinate(frame.bottom))H\(NumberText.coordinate(frame.right))",
        ]))
    parts.append(text((frame.left + frame.right) / 2, height - 6, "middle", x.title))
    let middle = NumberText.coordinate((frame.top + frame.bottom) / 2)
    parts.append(
      HTML(
        "text",
        ["x": "0", "y": "0", "text-anchor": "middle", "transform": "translate(12 \(middle)) rotate(-90)"],
        y.title))
    return HTML("g", ["class": "axes"], parts)
  }

  private func draw(_ series: Series, _ frame: Frame) -> HTML {
    switch series.mark {
    case .line: .group([band(series, frame), path(series, frame, "line")])
    case .dashedLine: path(series, frame, "line dashed")
    case .steps: path(series, frame, "line", isStepped: true)
    case .dots: dots(series, frame, radius: 3)
    case .emphasizedDots: dots(series, frame, radius: 6)
    case .cloud: cloud(series, frame)
    case .columns: columns(series, frame)
    }
  }

  private func path(_ series: Series, _ frame: Frame, _ style: String, isStepped: Bool = false) -> HTML {
    var path = ""
    for place in series.points.compactMap(frame.point) {
      let (x, y) = (NumberText.coordinate(place.x), NumberText.coordinate(place.y))
      path += path.isEmpty ? "M\(x) \(y)" : isStepped ? "H\(x)V\(y)" : "L\(x) \(y)"
    }
    return HTML("path", ["class": "\(style) c\(series.color)", "d": path])
  }

  private func band(_ series: Series, _ frame: Frame) -> HTML {
    let ends = series.points.compactMap { point -> (x: Double, lower: Double, upper: Double)? in
      guard let interval = point.interval, let x = frame.horizontal(point.x),
        let lower = frame.vertical(interval.lowerBound), let upper = frame.vertical(interval.upperBound)
      else { return nil }
      return (x, lower, upper)
    }
    guard ends.count > 1 else { return .empty }
    let outline = ends.map { ($0.x, $0.upper) } + ends.reversed().map { ($0.x, $0.lower) }
    let path = outline.map { "\(NumberText.coordinate($0.0)) \(NumberText.coordinate($0.1))" }.joined(
      separator: "L")
    return HTML("path", ["class": "band c\(series.color)", "d": "M\(path)Z"])
  }

  private func dots(_ series: Series, _ frame: Frame, radius: Double) -> HTML {
    .group(
      series.points.compactMap { point in
        guard let (x, y) = frame.point(point) else { return nil }
        let label = point.label.map {
          "\($0): \(self.x.title) \(NumberText.short(point.x)), \(self.y.title) \(NumberText.short(point.y))"
        }
        guard let interval = point.interval, let lower = frame.vertical(interval.lowerBound),
          let upper = frame.vertical(interval.upperBound)
        else { return Marker(color: series.color, radius: radius).html(x, y, label: label) }
        let whisker = HTML(
          "path",
          [
            "class": "line c\(series.color)",
            "d":
              "M\(NumberText.coordinate(x)) \(NumberText.coordinate(lower))V\(NumberText.coordinate(upper))",
          ])
        return .group([whisker, Marker(color: series.color, radius: radius).html(x, y, label: label)])
      })
  }

  /// Small dots as one path, which takes little room however many there are.
  private func cloud(_ series: Series, _ frame: Frame) -> HTML {
    let dots = series.points.compactMap(frame.point).map { x, y in
      "M\(NumberText.coordinate(x)) \(NumberText.coordinate(y))h0"
    }
    return HTML("path", ["class": "cloud c\(series.color)", "d": dots.joined()])
  }

  private func columns(_ series: Series, _ frame: Frame) -> HTML {
    let places = series.points.compactMap { frame.horizontal($0.x) }
    let gaps = zip(places, places.dropFirst()).map { abs($1 - $0) }
    let width = max(1, (gaps.min() ?? 20) * 0.9)
    return .group(
      series.points.compactMap { point in
        guard let x = frame.horizontal(point.x), let y = frame.vertical(point.y),
          let zero = frame.vertical(0)
        else { return nil }
        return HTML(
          "rect",
          [
            "class": "area c\(series.color)", "x": NumberText.coordinate(x - width / 2),
            "y": NumberText.coordinate(min(y, zero)), "width": NumberText.coordinate(width),
            "height": NumberText.coordinate(abs(zero - y)),
          ], point.label.map { [HTML("title", [:], $0)] } ?? [])
      })
  }
}
