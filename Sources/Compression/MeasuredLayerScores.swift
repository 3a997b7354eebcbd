import Allocation
import BitModel
import Foundations
import Proxies
import Quantization

extension Compression {
  /// Scores of layers' choices by what each does to predictions by itself.
  ///
  /// The score of a choice is minus the divergence of predictions from the float network's when one group of layers alone is
  /// given it and all others have the most bits that they may be given. Where layers may stay float, this sees what no statistic
  /// of a weight does: the rounding of what enters and leaves a layer.
  ///
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  /// - Complexity: a pass over the measured images for each choice of each group.
  public func measuredScores() throws -> LayerBitScores {
    let divergence = try predictionDivergence()
    let start = space.choices.map { $0.count - 1 }
    let total = space.choices.reduce(0) { $0 + $1.count - 1 }
    let scores = try context.stage("measuring layers") { progress in
      let counter = ProgressCounter(total: total, handler: progress)
      func measured(_ positions: [Int]) throws -> Double {
        try context.checkCancellation()
        defer { counter.advance() }
        return try divergence(quantization.quantized(space.configuration(positions), context: context))
      }
      return try space.groups.indices.map { group in
        try space.choices[group].indices.map { position in
          if position == start[group] { return 0.0 }
          var positions = start
          positions[group] = position
          return try -measured(positions)
        }
      }
    }
    var known: [Int: [BitChoice: Double]] = [:]
    for (group, layers) in space.groups.enumerated() {
      for (choice, score) in zip(space.choices[group], scores[group]) {
        // A group's score is the sum of its layers'.
        for layer in layers { known[layer, default: [:]][choice] = score / Double(layers.count) }
      }
    }
    return LayerBitScores(layerCount: network.layers.count) { [known] layer, weightBits, activationBits in
      known[layer]?[BitChoice(weightBits: weightBits, activationBits: activationBits)]
    }
  }
}
