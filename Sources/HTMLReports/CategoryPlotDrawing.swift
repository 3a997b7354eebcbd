extension CategoryPlot {
  private static let rowHeight = 20.0
  private static let right = 628.0
  private static let top = 8.0
  private static let longestName = 38

  /// Where values lie, in a drawing 640 wide.
  private struct Frame {
    let left, bottom: Double
    let scale: PlotScale

    func horizontal(_ value: Double) -> Double? {
      scale.position(value).map { left + $0 * (CategoryPlot.right - left) }
    }
  }

  /// The drawing, with a legend where there are several groups or lines.
  public var svg: HTML {
    let longest = Double(min(Self.longestName, values.map(\.name.count).max() ?? 0))
    let drawn =
      values.compactMap(\.finite) + references.map(\.value)
      + values.compactMap(\.interval).flatMap { [$0.lowerBound, $0.upperBound] }
    let frame = Frame(
      left: max(40, longest * 6.4 + 12), bottom: Self.top + Self.rowHeight * Double(max(1, values.count)),
      scale: PlotScale(drawn, isLogarithmic: false, includesZero: isOfBars))
    let drawing = Drawing(
      title: title, width: 640, height: frame.bottom + 40,
      [axes(frame)] + references.indices.map { line($0, frame) }
        + values.enumerated().map { row($1, at: $0, frame) })
    return .group([legend, drawing.svg])
  }

  private var isOfBars: Bool {
    switch mark {
    case .points: false
    case .bars: true
    }
  }

  private func color(ofReference index: Int) -> Int {
    (max(1, groups.count) + index) % Plot.colorCount
  }

  private var legend: HTML {
    guard groups.count > 1 || !references.isEmpty else { return .empty }
    let used = Set(values.map(\.group))
    let kinds = groups.enumerated().filter { used.contains($0.offset) && groups.count > 1 }.map {
      index, name in
      (sample: sample(index % Plot.colorCount), name: name)
    }
    let lines = references.enumerated().map { index, reference in
      (
        sample: HTML("path", ["class": "line dashed c\(color(ofReference: index))", "d": "M1 6H23"]),
        name: "\(reference.name) \(NumberText.short(reference.value))"
      )
    }
    return Legend(entries: kinds + lines).html
  }

  private func sample(_ color: Int) -> HTML {
    switch mark {
    case .points: Marker(color: color, radius: 4).html(12, 6)
    case .bars: HTML("rect", ["class": "area c\(color)", "x": "4", "y": "2", "width": "16", "height": "8"])
    }
  }

  private func text(_ x: Double, _ y: Double, _ anchor: String, _ text: String) -> HTML {
    HTML(
      "text", ["x": NumberText.coordinate(x), "y": NumberText.coordinate(y), "text-anchor": anchor], text)
  }

  private func axes(_ frame: Frame) -> HTML {
    let (top, bottom) = (NumberText.coordinate(Self.top), NumberText.coordinate(frame.bottom))
    let ticks = frame.scale.ticks(6).compactMap { tick -> HTML? in
      guard let x = frame.horizontal(tick) else { return nil }
      return .group([
        HTML("path", ["class": "grid", "d": "M\(NumberText.coordinate(x)) \(top)V\(bottom)"]),
        text(x, frame.bottom + 16, "middle", NumberText.short(tick, digits: 5)),
      ])
    }
    let base = HTML(
      "path",
      [
        "class": "axis",
        "d": "M\(NumberText.coordinate(frame.left)) \(bottom)H\(NumberText.coordinate(Self.right))",
      ])
    return HTML(
      "g", ["class": "axes"],
      ticks + [base, text((frame.left + Self.right) / 2, frame.bottom + 34, "middle", axis)])
  }

  private func line(_ index: Int, _ frame: Frame) -> HTML {
    guard let x = frame.horizontal(references[index].value) else { return .empty }
    return HTML(
      "path",
      [
        "class": "line dashed c\(color(ofReference: index))",
        "d":
          "M\(NumberText.coordinate(x)) \(NumberText.coordinate(Self.top))V\(NumberText.coordinate(frame.bottom))",
      ])
  }

  private func row(_ value: Value, at index: Int, _ frame: Frame) -> HTML {
    let middle = Self.top + Self.rowHeight * (Double(index) + 0.5)
    let isLong = value.name.count > Self.longestName
    let name = text(
      frame.left - 8, middle + 4, "end",
      isLong ? "\(value.name.prefix(Self.longestName - 1))…" : value.name)
    guard let number = value.finite, let x = frame.horizontal(number) else {
      return .group([name, text(frame.left + 6, middle + 4, "start", "not defined")])
    }
    let label = "\(value.name): \(NumberText.short(number))"
    let color = value.group % Plot.colorCount
    switch mark {
    case .points:
      let whisker = value.interval.flatMap { interval -> HTML? in
        guard let lower = frame.horizontal(interval.lowerBound),
          let upper = frame.horizontal(interval.upperBound)
        else { return nil }
        return HTML(
          "path",
          [
            "class": "line c\(color)",
            "d":
              "M\(NumberText.coordinate(lower)) \(NumberText.coordinate(middle))H\(NumberText.coordinate(upper))",
          ])
      }
      return .group([name, whisker ?? .empty, Marker(color: color, radius: 4).html(x, middle, label: label)])
    case .bars:
      let zero = frame.horizontal(0) ?? frame.left
      let bar = HTML(
        "rect",
        [
          "class": "area c\(color)", "x": NumberText.coordinate(min(x, zero)),
          "y": NumberText.coordinate(middle - 7), "width": NumberText.coordinate(abs(x - zero)),
          "height": "14",
        ], [HTML("title", [:], label)])
      return .group([name, bar])
    }
  }
}
