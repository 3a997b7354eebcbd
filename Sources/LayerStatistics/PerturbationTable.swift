/// Perturbation statistics of a network under one way to round.
public struct PerturbationTable: Sendable, Equatable, Codable {
  /// How weights were rounded, in a form that can be compared.
  public let rounding: String
  /// Which images the rounding was calibrated on.
  public let calibration: String
  /// Bits of weights, ascending.
  public let weightBits: [Int]
  /// Bits of layers' inputs, ascending.
  public let activationBits: [Int]
  /// By statistic, layer and position of the bits; NaN where a layer was not given these bits.
  public private(set) var values: [PerturbationStatistic: [[Double]]]

  /// ``PerturbationStatistic/ofOutputs`` where the layer's input alone is rounded, by layer and position of
  /// ``activationBits``; nil where they were not computed.
  public private(set) var inputValues: [PerturbationStatistic: [[Double]]]?

  /// Makes a table.
  public init(
    rounding: String, calibration: String, weightBits: [Int], activationBits: [Int],
    values: [PerturbationStatistic: [[Double]]], inputValues: [PerturbationStatistic: [[Double]]]? = nil
  ) {
    self.inputValues = inputValues
    self.rounding = rounding
    self.calibration = calibration
    self.weightBits = weightBits
    self.activationBits = activationBits
    self.values = values
  }

  /// What rounding inputs alone does, in the place of what rounding weights does; nil where it was not computed.
  public var ofInputs: PerturbationTable? {
    inputValues.map {
      PerturbationTable(
        rounding: rounding, calibration: calibration, weightBits: activationBits,
        activationBits: activationBits,
        values: $0)
    }
  }

  /// Those that were computed.
  public var statistics: Set<PerturbationStatistic> { Set(values.keys) }

  /// The value of a layer at some bits; nil where it was not computed.
  public func value(_ statistic: PerturbationStatistic, layer: Int, bits: Int) -> Double? {
    let known = statistic.isOfActivations ? activationBits : weightBits
    guard let rows = values[statistic], layer < rows.count, let position = known.firstIndex(of: bits),
      position < rows[layer].count, !rows[layer][position].isNaN
    else { return nil }
    return rows[layer][position]
  }
}
