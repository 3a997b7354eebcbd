import Proxies

/// Turns a formula's values into scores of configurations.
///
/// - Complexity: one multiplication and addition for each configuration and layer.
struct ConfigurationScores {
  private let layerCount: Int
  private let count: Int
  /// [configurations, layers]: the bits of weights.
  private let bits: [Double]
  /// [configurations, layers]: positions among the grid's choices.
  private let positions: [Int]
  /// By choice: the bits of the weight.
  private let choiceBits: [Double]
  private var parts: [Double] = []
  /// The scores of the last call.
  private(set) var scores: [Double]

  /// - Parameter positions: for each configuration, the position of each layer's choice in the grid.
  init(grid: BitGrid, positions: [[Int]]) {
    layerCount = grid.choices.count
    count = positions.count
    choiceBits = grid.choices.joined().map { Double($0.weightBits) }
    self.positions = positions.flatMap { $0 }
    bits = self.positions.map { [choiceBits] in choiceBits[$0] }
    scores = Array(repeating: 0, count: positions.count)
  }

  /// Computes the scores.
  mutating func compute(_ values: FormulaScores, _ aggregation: Aggregation) {
    switch values {
    case .layers(let coefficients) where aggregation == .bitWeighted:
      bits.withUnsafeBufferPointer { bits in
        for configuration in 0..<count {
          var sum = 0.0
          let start = configuration * layerCount
          for layer in 0..<layerCount { sum += coefficients[layer] * bits[start + layer] }
          scores[configuration] = sum
        }
      }
    case .layers(let coefficients):
      // The same for all configurations; the caller finds that out.
      let total = aggregation.total(coefficients.map { aggregation.part($0, bits: 0) })
      for configuration in 0..<count { scores[configuration] = total }
    case .choices(let values):
      parts.removeAll(keepingCapacity: true)
      for (value, bits) in zip(values, choiceBits) { parts.append(aggregation.part(value, bits: bits)) }
      for configuration in 0..<count {
        let row = positions[configuration * layerCount..<(configuration + 1) * layerCount]
        if aggregation.isAdditive {
          var sum = 0.0
          for position in row { sum += parts[position] }
          scores[configuration] = sum
        } else {
          scores[configuration] = aggregation.total(row.lazy.map { [parts] in parts[$0] })
        }
      }
    }
  }
}
