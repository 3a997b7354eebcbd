/// What the marks of a drawing stand for.
struct Legend {
  /// The marks, each drawn in 24 × 12, with their names.
  let entries: [(sample: HTML, name: String)]

  /// The element.
  var html: HTML {
    HTML(
      "ul", ["class": "legend"],
      entries.map { sample, name in
        HTML(
          "li", [:],
          [
            HTML(
              "svg", ["viewBox": "0 0 24 12", "width": "24", "height": "12", "aria-hidden": "true"],
              [sample]), .text(" \(name)"),
          ])
      })
  }
}
