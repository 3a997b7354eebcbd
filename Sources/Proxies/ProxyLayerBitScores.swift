import BitModel
import LayerStatistics

extension Proxy {
  /// The scores of each layer and number of bits on a network.
  ///
  /// - Throws: ``ProxyError`` where the formula takes something that was not computed, or has no usable score there.
  public func scores(_ inputs: ProxyInputs) throws -> any ConfigurationScoring {
    let table = expression.perturbations.isEmpty ? nil : try inputs.table()
    let grid = BitGrid(
      choices: inputs.statistics.layerNames.indices.map { layer in choices(of: layer, table: table) })
    let evaluator = try ProxyEvaluator(inputs, taking: expression.inputs, grid: grid)
    if let missing = expression.inputs.map(\.name).sorted().first(where: { name in
      FormulaInput(name: name).map { !evaluator.isAvailable($0) } ?? true
    }) {
      throw ProxyError(
        "the formula \(self) takes \(missing), which was not computed", kind: .data)
    }
    switch evaluator.scores(self) {
    case .success(let scores): return try LayerBitScores(scores, grid: grid, aggregation: aggregation)
    case .failure(let reason):
      throw ProxyError(
        "the formula \(self) gives no usable score on this network: \(reason.rawValue)", kind: .data)
    }
  }

  /// The bits of a layer that all perturbation statistics of the formula are known at.
  private func choices(of layer: Int, table: PerturbationTable?) -> [BitChoice] {
    let names = expression.perturbations
    let (weights, activations) = (names.filter { !$0.isOfActivations }, names.filter(\.isOfActivations))
    func known(_ bits: some Sequence<Int>, _ statistics: Set<PerturbationStatistic>) -> [Int] {
      bits.filter { bits in
        statistics.allSatisfy { table?.value($0, layer: layer, bits: bits) != nil }
      }
    }
    let weightBits = known(BitConfiguration.supportedBits, weights)
    return known(BitConfiguration.supportedBits, activations).flatMap { activation in
      weightBits.map { BitChoice(weightBits: $0, activationBits: activation) }
    }
  }
}
