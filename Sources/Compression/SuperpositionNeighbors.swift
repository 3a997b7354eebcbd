import Allocation
import BitModel
import Proxies

/// Scores neighbours of a choice by predicted outputs: each costs an addition of a few changes, not of all layers.
///
/// For the choice that neighbours are seen from, D_l(b) = R_l(b) + λ Σ_m I_lm(b, b_m) is kept of each layer and number of
/// bits. One layer's new bits change the predicted outputs by a difference of two of them; several layers' by the sum of
/// theirs and what their own interactions change.
struct SuperpositionNeighbors: NeighborScoring {
  private let space: AllocationSpace
  private let scores: SuperposedScores
  private var superposition: Superposition { scores.superposition }
  /// By layer, the position of its bits among those that were run.
  private var current: [Int] = []
  private var outputs: [Double] = []
  /// By layer and alternative, D_l(b).
  private var effects: [[[Double]]] = []

  init(space: AllocationSpace, scores: SuperposedScores) {
    self.space = space
    self.scores = scores
  }

  mutating func move(to positions: [Int]) throws -> Double? {
    guard let current = superposition.positions(space.configuration(positions)) else { return nil }
    self.current = current
    outputs = superposition.outputs(current)
    effects = superposition.plan.alternatives.enumerated().map { layer, alternatives in
      alternatives.indices.map { alternative in
        var effect = [Double](repeating: 0, count: outputs.count)
        superposition.addResponse(1, layer: layer, alternative, to: &effect)
        for (other, position) in current.enumerated() where other != layer {
          superposition.addInteraction(1, layer, alternative, other, position, to: &effect)
        }
        return effect
      }
    }
    return try scores.scores([current], outputs: [outputs]).first
  }

  func scores(changing changes: [[GroupChange]]) throws -> [Double?] {
    let known = changes.map(layers)
    var results = [Double?](repeating: nil, count: changes.count)
    // Blocks, so that not all predicted outputs are in memory.
    for start in stride(from: 0, to: changes.count, by: 128) {
      let indices = (start..<min(changes.count, start + 128)).filter { known[$0] != nil }
      let layers = indices.map { known[$0] ?? [] }
      let values = try scores.scores(layers.map(positions), outputs: layers.map(changed))
      for (index, value) in zip(indices, values) { results[index] = value }
    }
    return results
  }

  /// The layers that a change gives other bits, with their positions; nil where some were not run.
  private func layers(_ changes: [GroupChange]) -> [(layer: Int, position: Int)]? {
    var result: [(layer: Int, position: Int)] = []
    for change in changes {
      for layer in space.groups[change.group] {
        guard
          let position = superposition.position(
            layer: layer, space.choices[change.group][change.position])
        else { return nil }
        if position != current[layer] { result.append((layer, position)) }
      }
    }
    return result
  }

  private func positions(_ layers: [(layer: Int, position: Int)]) -> [Int] {
    var result = current
    for (layer, position) in layers { result[layer] = position }
    return result
  }

  private func changed(_ layers: [(layer: Int, position: Int)]) -> [Double] {
    var sum = outputs
    for (layer, position) in layers {
      if position >= 0 { sum.add(effects[layer][position], times: 1) }
      if current[layer] >= 0 { sum.add(effects[layer][current[layer]], times: -1) }
    }
    // Effects are of all other layers as they are; between layers that change together they count otherwise.
    for (index, left) in layers.enumerated() {
      for right in layers[..<index] {
        for (factor, first, second) in [
          (1.0, left.position, right.position), (-1.0, left.position, current[right.layer]),
          (-1.0, current[left.layer], right.position), (1.0, current[left.layer], current[right.layer]),
        ] {
          superposition.addInteraction(factor, left.layer, first, right.layer, second, to: &sum)
        }
      }
    }
    return sum
  }
}

extension [Double] {
  /// Adds numbers times a factor.
  fileprivate mutating func add(_ other: [Double], times factor: Double) {
    withUnsafeMutableBufferPointer { sums in
      other.withUnsafeBufferPointer { other in
        for index in 0..<Swift.min(sums.count, other.count) { sums[index] += factor * other[index] }
      }
    }
  }
}
