import Allocation
import BitModel
import Proxies

extension AllocationValues {
  /// The most pairs of choices that an integer program is made of; more take minutes.
  private static let greatestPairCount = 1500

  /// Whether an integer program is made of the pairs of a space's choices in fair time.
  static func areFew(in space: AllocationSpace) -> Bool {
    let free = space.choices.indices.filter { space.choices[$0].count > 1 }
    let count = free.reduce(0) { sum, group in
      free.filter { $0 > group }.reduce(sum) { $0 + space.choices[group].count * space.choices[$1].count }
    }
    return count <= greatestPairCount
  }

  /// What choices of groups are worth by a score that is made of pairs of layers.
  ///
  /// - Returns: nil where a layer has bits that were not run.
  init?(_ scores: PairwiseScores, in space: AllocationSpace) {
    func sum(_ values: [Double?]) -> Double? {
      values.reduce(0) { sum, value in value.flatMap { part in sum.map { $0 + part } } }
    }
    var groups: [[Double]] = []
    for (layers, choices) in zip(space.groups, space.choices) {
      var values: [Double] = []
      for choice in choices {
        let alone = layers.map { scores.value(layer: $0, choice) }
        let inside = layers.flatMap { first in
          layers.filter { $0 > first }.map { scores.value(first, choice, $0, choice) }
        }
        guard let value = sum(alone + inside) else { return nil }
        values.append(value)
      }
      groups.append(values)
    }
    var pairs: [Pair] = []
    for first in space.choices.indices {
      for second in space.choices.indices.dropFirst(first + 1) {
        var values: [[Double]] = []
        for choice in space.choices[first] {
          var row: [Double] = []
          for other in space.choices[second] {
            let parts = space.groups[first].flatMap { layer in
              space.groups[second].map { scores.value(layer, choice, $0, other) }
            }
            guard let value = sum(parts) else { return nil }
            row.append(value)
          }
          values.append(row)
        }
        if values.joined().contains(where: { $0 != 0 }) { pairs.append(Pair(first, second, values: values)) }
      }
    }
    self.init(groups, pairs: pairs)
  }
}
