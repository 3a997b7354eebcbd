import BitModel
import LayerStatistics
import Torch

extension Tensor {
  /// [..., outputs, images] for [..., images, outputs], and the other way round.
  func swappingOutputsAndImages() throws -> Tensor {
    try permuted(Array(0..<rank - 2) + [rank - 1, rank - 2]).contiguous()
  }
}

/// Predicts a configuration's outputs without running it: z(β) + Σ_l R_l(b_l) + λ Σ_{l<m} I_lm(b_l, b_m).
///
/// Interactions of pairs more than a window apart count as nothing.
public struct Superposition: Sendable {
  package let plan: ResponsePlan
  /// The weight λ of interactions.
  let interactionWeight: Double
  /// [images, outputs].
  let shape: [Int]
  /// z(β).
  private let base: [Float]
  /// R_l(b) of each single run and I_lm(b, c) of each paired one, in the plan's order without the background.
  private let effects: [[Float]]
  /// By layer, where its first single run stands among the effects.
  private let singles: [[Int]]
  /// By layer, alternative and later layer, where the first of the pairs stands among the effects; nil where none does.
  private let pairs: [[[Int?]]]

  /// Prepares predictions.
  ///
  /// - Parameters:
  ///   - table: the outputs of all runs.
  ///   - interactionWeight: λ; 0 leaves interactions out.
  ///   - window: the greatest distance of layers whose interactions count; nil for all there are.
  ///   - transform: what becomes of a layer's responses [alternatives, outputs, images] first.
  /// - Throws: `TorchError` where the transform fails.
  public init(
    _ table: ResponseTable, interactionWeight: Double, window: Int? = nil,
    transform: (_ responses: Tensor) throws -> Tensor = { $0 }
  ) throws {
    self.plan = table.plan
    self.interactionWeight = interactionWeight
    shape = table.reference.shape
    let size = shape.reduce(1, *)
    let outputs = try table.outputs.contiguous().floats()
    func run(_ index: Int) -> ArraySlice<Float> { outputs[index * size..<(index + 1) * size] }
    let origin = Array(run(0))
    let weight = interactionWeight
    let (plan, alternatives) = (table.plan, table.plan.alternatives)
    var singles = alternatives.map { _ in [Int]() }
    var pairs = alternatives.map { own in own.map { _ in [Int?](repeating: nil, count: alternatives.count) } }
    for (index, run) in plan.runs.dropFirst().enumerated() {
      if run.count == 1 {
        singles[run[0].layer].append(index)
      } else if run[1].alternative == 0, run[1].layer - run[0].layer <= window ?? .max {
        pairs[run[0].layer][run[0].alternative][run[1].layer] = index
      }
    }
    var effects = [[Float]](repeating: [], count: plan.runCount - 1)
    for positions in singles {
      for position in positions { effects[position] = zip(run(position + 1), origin).map(-) }
    }
    if weight != 0 {
      for (index, changes) in plan.runs.dropFirst().enumerated() where changes.count == 2 {
        let (first, second) = (changes[0], changes[1])
        guard pairs[first.layer][first.alternative][second.layer] != nil else { continue }
        let (left, right) = (
          effects[singles[first.layer][first.alternative]], effects[singles[second.layer][second.alternative]]
        )
        let both = Array(run(index + 1))
        effects[index] = (0..<size).map { both[$0] - origin[$0] - left[$0] - right[$0] }
      }
    }
    for positions in singles where !positions.isEmpty {
      let own = try Tensor(positions.flatMap { effects[$0] }, shape: [positions.count] + shape)
      let changed = try transform(own.swappingOutputsAndImages()).swappingOutputsAndImages().floats()
      for (offset, position) in positions.enumerated() {
        effects[position] = Array(changed[offset * size..<(offset + 1) * size])
      }
    }
    base = origin
    self.effects = effects
    self.singles = singles
    self.pairs = pairs
  }

  /// The number of layers.
  public var layerCount: Int { plan.alternatives.count }
  package var size: Int { base.count }

  /// By layer, the position of a configuration's bits among the alternatives, and −1 for those of the background.
  ///
  /// - Returns: nil where a layer has bits that were not run.
  package func positions(_ configuration: BitConfiguration) -> [Int]? {
    guard configuration.count == layerCount else { return nil }
    var positions: [Int] = []
    for (layer, choice) in configuration.enumerated() {
      guard let position = position(layer: layer, choice) else { return nil }
      positions.append(position)
    }
    return positions
  }

  package func position(layer: Int, _ choice: BitChoice) -> Int? {
    choice == plan.base[layer] ? -1 : plan.alternatives[layer].firstIndex(of: choice)
  }

  /// z(β), as what sums begin with.
  package var start: [Double] { base.map(Double.init) }

  /// Adds a layer's response, times a factor; nothing for the background's bits.
  package func addResponse(_ factor: Double, layer: Int, _ position: Int, to sum: inout [Double]) {
    guard position >= 0 else { return }
    effects[singles[layer][position]].addScaled(by: factor, to: &sum)
  }

  /// Adds the interaction of two different layers, times λ and a factor; nothing for the background's bits.
  package func addInteraction(
    _ factor: Double, _ layer: Int, _ position: Int, _ other: Int, _ otherPosition: Int,
    to sum: inout [Double]
  ) {
    guard layer < other else {
      return addInteraction(factor, other, otherPosition, layer, position, to: &sum)
    }
    guard interactionWeight != 0, position >= 0, otherPosition >= 0, let first = pairs[layer][position][other]
    else { return }
    effects[first + otherPosition].addScaled(by: factor * interactionWeight, to: &sum)
  }

  /// Adds a configuration's predicted outputs [images, outputs].
  package func outputs(_ positions: [Int]) -> [Double] {
    var sum = start
    for (layer, position) in positions.enumerated() where position >= 0 {
      addResponse(1, layer: layer, position, to: &sum)
      for other in plan.partners(of: layer) where positions[other] >= 0 {
        addInteraction(1, layer, position, other, positions[other], to: &sum)
      }
    }
    return sum
  }
}

extension [Float] {
  /// Adds these numbers, times a factor, to sums.
  fileprivate func addScaled(by factor: Double, to sums: inout [Double]) {
    withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        for index in 0..<Swift.min(values.count, sums.count) { sums[index] += factor * Double(values[index]) }
      }
    }
  }
}
