import Proxies
import Reports
import Studies

/// A formula as a tree whose parts stand in rows, each with what it contributes.
struct FormulaTree {
  /// What it shows, in a few words.
  let title: String
  /// The parts with their ρ.
  let contributions: FormulaContributions
  /// Of what configurations ρ is.
  let configurations: String

  private static let rowHeight = 24.0
  private static let top = 26.0
  private static let zero = 470.0
  private static let greatestBar = 105.0

  /// The drawing.
  var svg: HTML {
    let parts = contributions.parts
    let drawn = parts.indices.map { row($0) }
    let heading = text(Self.zero, 14, "middle", "ρ lost without this part", style: "quiet")
    let axis = HTML(
      "path",
      [
        "class": "axis",
        "d":
          "M\(NumberText.coordinate(Self.zero)) \(NumberText.coordinate(Self.top))V\(NumberText.coordinate(middle(of: parts.count) - Self.rowHeight / 2))",
      ])
    return Drawing(
      title: title, width: 640, height: Self.top + Self.rowHeight * Double(parts.count) + 4,
      [heading, axis] + drawn
    ).svg
  }

  private var indent: Double {
    min(18, 190 / Double(max(1, contributions.parts.map(\.depth).max() ?? 1)))
  }

  private var largest: Double {
    contributions.parts.compactMap { contributions.contribution(of: $0).map(abs) }.max() ?? 0
  }

  private func middle(of row: Int) -> Double { Self.top + Self.rowHeight * (Double(row) + 0.5) }

  private func left(of part: FormulaContributions.Part) -> Double { 10 + indent * Double(part.depth) }

  private func text(_ x: Double, _ y: Double, _ anchor: String, _ text: String, style: String? = nil) -> HTML
  {
    HTML(
      "text",
      ["x": NumberText.coordinate(x), "y": NumberText.coordinate(y), "text-anchor": anchor, "class": style],
      text)
  }

  private func row(_ index: Int) -> HTML {
    let parts = contributions.parts
    let part = parts[index]
    let (x, y) = (left(of: part), middle(of: index))
    var pieces: [HTML] = []
    if let above = parts[..<index].lastIndex(where: { $0.depth < part.depth }) {
      let start = left(of: parts[above])
      pieces.append(
        HTML(
          "path",
          [
            "class": "grid",
            "d":
              "M\(NumberText.coordinate(start)) \(NumberText.coordinate(middle(of: above) + 6))V\(NumberText.coordinate(y))H\(NumberText.coordinate(x - 6))",
          ]))
    }
    pieces.append(Marker(color: color(part.kind), radius: 5).html(x, y))
    pieces.append(text(x + 11, y + 4, "start", part.name))
    return .group(pieces + [bar(part, y)])
  }

  private func color(_ kind: FormulaPart.Kind) -> Int {
    switch kind {
    case .operation: 0
    case .input: 1
    case .aggregation: 2
    }
  }

  private func bar(_ part: FormulaContributions.Part, _ y: Double) -> HTML {
    guard part.isRemovable else { return .empty }
    guard let lost = contributions.contribution(of: part) else {
      return text(Self.zero + 6, y + 4, "start", "no ranking without it", style: "small quiet")
    }
    let width = largest > 0 ? Self.greatestBar * abs(lost) / largest : 0
    let bar = HTML(
      "rect",
      [
        "class": lost < 0 ? "below5" : "above5",
        "x": NumberText.coordinate(lost < 0 ? Self.zero - width : Self.zero),
        "y": NumberText.coordinate(y - 7), "width": NumberText.coordinate(width), "height": "14",
      ])
    let label = lost < 0 ? "−\(NumberText.short(-lost, digits: 2))" : "+\(NumberText.short(lost, digits: 2))"
    return .group([
      bar,
      lost < 0
        ? text(Self.zero - width - 4, y + 4, "end", label)
        : text(Self.zero + width + 4, y + 4, "start", label),
    ])
  }

  /// The numbers.
  var table: Table {
    var table = Table(columns: [
      ("part", "part"), ("is", "kind"), ("depth", "depth"), ("ρ without it", "rho_without"),
      ("ρ lost", "rho_lost"), ("ρ of what it ends", "rho_alone"),
    ])
    for part in contributions.parts {
      table.append([
        .text(part.name), .text(word(part.kind)), .integer(part.depth), Table.Cell(part.without, decimals: 4),
        Table.Cell(contributions.contribution(of: part), decimals: 4), Table.Cell(part.alone, decimals: 4),
      ])
    }
    return table
  }

  private func word(_ kind: FormulaPart.Kind) -> String {
    switch kind {
    case .operation: "operation"
    case .input: "input"
    case .aggregation: "aggregation"
    }
  }

  /// What the shapes stand for.
  var legend: HTML {
    let kinds = [FormulaPart.Kind.aggregation, .operation, .input].filter { kind in
      contributions.parts.contains { $0.kind == kind }
    }
    return Legend(
      entries: kinds.map { (Marker(color: color($0), radius: 5).html(12, 6), word($0)) }
    ).html
  }

  /// The tree with its numbers.
  var figure: Figure {
    Figure(
      title: title,
      caption:
        "ρ of the whole formula is \(NumberText.correlation(contributions.whole)) on the \(configurations) configurations. A bar is how much lower it is with an operation's operand in the operation's place, or without the chain of an input; a bar to the left says that the formula ranks these configurations better without.",
      picture: .group([legend, svg]), table: table)
  }
}
