import BitModel
import LayerStatistics
import Torch

/// Scores that are a sum of a number for each layer and one for each pair of layers.
///
/// Both are read off a measure of the runs of responses: Ω_l(b) = D(l→b) − D(β) and
/// Ω_lm(b, c) = D(l→b, m→c) − D(l→b) − D(m→c) + D(β).
public struct PairwiseScores: ConfigurationScoring {
  private let superposition: Superposition
  /// The score of the background.
  public let base: Double
  private let singles: [[Double]]
  /// By layer, alternative, later layer and its alternative.
  private let pairs: [[[Int: [Double]]]]

  /// Makes scores.
  ///
  /// - Parameters:
  ///   - table: the outputs of all runs.
  ///   - measure: from outputs [runs, outputs, images] and the float network's, both float64, the measure of each run,
  ///     higher for better.
  public init(
    _ table: ResponseTable, measure: @Sendable (_ outputs: Tensor, _ reference: Tensor) throws -> Tensor
  ) throws {
    let plan = table.plan
    superposition = try Superposition(table, interactionWeight: 0)
    let values = try onSingleThread {
      try withoutGradients {
        let reference = try table.reference.converted(to: .float64).swappingOutputsAndImages()
        return try stride(from: 0, to: plan.runCount, by: 256).flatMap { start in
          let runs = try table.outputs.sliced(
            dimension: 0, from: start, to: min(plan.runCount, start + 256))
          return try measure(runs.converted(to: .float64).swappingOutputsAndImages(), reference).doubles()
        }
      }
    }
    var singles = plan.alternatives.map { _ in [Double]() }
    for (run, value) in zip(plan.runs, values) where run.count == 1 {
      singles[run[0].layer].append(value - values[0])
    }
    var pairs = plan.alternatives.map { own in own.map { _ in [Int: [Double]]() } }
    for (run, value) in zip(plan.runs, values) where run.count == 2 {
      let joint =
        value - values[0] - singles[run[0].layer][run[0].alternative]
        - singles[run[1].layer][run[1].alternative]
      pairs[run[0].layer][run[0].alternative][run[1].layer, default: []].append(joint)
    }
    base = values[0]
    self.singles = singles
    self.pairs = pairs
  }

  /// Makes scores of the mean divergence from the float network's outputs; of values, of their squared error.
  public init(divergencesOf table: ResponseTable) throws {
    let distance = OutputDistance.divergence.serving(table.kind)
    try self.init(table) { try distance.scores($0, $1, power: 1) }
  }

  /// What bits of a layer add to the score by themselves; nil where they were not run.
  public func value(layer: Int, _ choice: BitChoice) -> Double? {
    superposition.position(layer: layer, choice).map { $0 < 0 ? 0 : singles[layer][$0] }
  }

  /// What bits of two layers add to the score together; nil where they were not run.
  public func value(_ first: Int, _ choice: BitChoice, _ second: Int, _ other: BitChoice) -> Double? {
    if first > second { return value(second, other, first, choice) }
    guard let position = superposition.position(layer: first, choice),
      let place = superposition.position(layer: second, other)
    else { return nil }
    return position < 0 || place < 0 ? 0 : pairs[first][position][second]?[place] ?? 0
  }

  /// The number of layers.
  public var layerCount: Int { superposition.layerCount }

  /// The score of a configuration; nil where a layer has bits that were not run.
  public func score(_ configuration: BitConfiguration) -> Double? {
    guard let positions = superposition.positions(configuration) else { return nil }
    var sum = base
    for (layer, position) in positions.enumerated() where position >= 0 {
      sum += singles[layer][position]
      for (other, joint) in pairs[layer][position].sorted(by: { $0.key < $1.key }) where positions[other] >= 0
      {
        sum += joint[positions[other]]
      }
    }
    return sum
  }

  /// The scores of configurations.
  ///
  /// - Throws: ``ProxyError`` naming the first bits that were not run.
  public func scores(_ configurations: [BitConfiguration]) throws -> [Double] {
    try configurations.map { configuration in
      guard let score = score(configuration) else { throw superposition.missing(configuration) }
      return score
    }
  }
}
