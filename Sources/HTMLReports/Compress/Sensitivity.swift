import BitModel
import Compression
import Foundation
import Reports

/// What each layer's bits do to the divergence, by themselves and with others'.
struct Sensitivity {
  let reallocation: Reallocation
  let names: [String]

  init(_ reallocation: Reallocation, _ page: CompressionPage) {
    self.reallocation = reallocation
    names = reallocation.space.groups.map { group in
      group.map { page.layers[$0].name }.joined(separator: " + ")
    }
  }

  var figures: [HTML] { [alone, together].compactMap { $0?.html } }

  /// The groups that have a choice.
  private var free: [Int] {
    reallocation.space.choices.indices.filter { reallocation.space.choices[$0].count > 1 }
  }

  private var alone: Figure? {
    let choices = Set(free.flatMap { reallocation.space.choices[$0] }).sorted()
    guard !free.isEmpty, choices.count > 1 else { return nil }
    let map = HeatMap(
      title: "Sensitivity of layers", rows: free.map { names[$0] }, columns: choices.map(LayerDiagram.label),
      values: free.map { group in
        choices.map { choice in
          reallocation.space.choices[group].firstIndex(of: choice).map {
            -reallocation.values.groups[group][$0]
          }
        }
      })
    return Figure(
      title: map.title,
      caption:
        "By how much the divergence from the float network rises (orange) or falls (blue) where one layer is given other bits than the configuration that all changes are seen from, whose own column is empty of colour. Columns are bits.",
      picture: map.svg, table: map.table(row: "layer", column: "bits", value: "change of divergence"))
  }

  private var together: Figure? {
    guard free.count > 1, !reallocation.values.pairs.isEmpty else { return nil }
    var joint = [[Double?]](
      repeating: [Double?](repeating: nil, count: free.count), count: free.count)
    let places = Dictionary(uniqueKeysWithValues: free.enumerated().map { ($1, $0) })
    for pair in reallocation.values.pairs {
      guard let left = places[pair.first], let right = places[pair.second] else { continue }
      // Fewest bits of both, which say most.
      let value = -pair.values[0][0]
      joint[left][right] = value
      joint[right][left] = value
    }
    let map = HeatMap(
      title: "Interactions of layers", rows: free.map { names[$0] }, columns: free.map { names[$0] },
      values: joint)
    return Figure(
      title: map.title,
      caption:
        "What two layers do to the divergence together beyond the sum, both at their fewest bits: orange where their errors add, blue where they cancel.",
      picture: map.svg,
      table: map.table(row: "layer", column: "other layer", value: "interaction"))
  }
}
