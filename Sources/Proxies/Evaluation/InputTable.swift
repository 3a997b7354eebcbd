import LayerStatistics

/// What formulas may begin with, on one network.
struct InputTable {
  private let inputs: ProxyInputs
  private let taken: Set<FormulaInput>?
  private let grid: BitGrid

  /// - Parameter taken: the inputs that are wanted; all where nil.
  init(_ inputs: ProxyInputs, taken: Set<FormulaInput>?, grid: BitGrid) {
    self.inputs = inputs
    self.taken = taken
    self.grid = grid
  }

  /// The values of all inputs that were computed.
  func values() throws -> [FormulaInput: FormulaValue] {
    var result: [FormulaInput: FormulaValue] = [:]
    let statistics = inputs.statistics
    func isTaken(_ input: FormulaInput) -> Bool { taken?.contains(input) ?? true }
    for (statistic, tensors) in statistics.tensors
    where tensors.count == statistics.layerNames.count && isTaken(.statistic(statistic)) {
      result[.statistic(statistic)] =
        tensors.allSatisfy { $0.count == 1 }
        ? .layers(try tensors.map { try $0.item() }) : .tensor(try FlatTensor(tensors))
    }
    let costs = statistics.costs.layers
    result[.quantity(.parameters)] = .layers(costs.map { Double($0.parameters) })
    result[.quantity(.macs)] = .layers(costs.map { Double($0.macs) })
    guard grid.choices.allSatisfy({ !$0.isEmpty }) else { return result }
    result[.quantity(.bits)] = .choices(grid.choices.joined().map { Double($0.weightBits) })
    result[.quantity(.activationBits)] = .choices(grid.choices.joined().map { Double($0.activationBits) })
    if let table = try? inputs.table() {
      for statistic in table.statistics where isTaken(.perturbation(statistic)) {
        if let numbers = numbers(statistic, table) { result[.perturbation(statistic)] = .choices(numbers) }
      }
    }
    return result
  }

  /// A number for each choice; nil where any was not computed.
  private func numbers(_ statistic: PerturbationStatistic, _ table: PerturbationTable) -> [Double]? {
    var result: [Double] = []
    for (layer, choices) in grid.choices.enumerated() {
      for choice in choices {
        let bits = statistic.isOfActivations ? choice.activationBits : choice.weightBits
        guard let value = table.value(statistic, layer: layer, bits: bits) else { return nil }
        // A divergence is not negative but for rounding.
        result.append(statistic == .divergence ? max(0, value) : value)
      }
    }
    return result
  }
}
