import BitModel
import LayerStatistics
import Torch

/// A proxy from the literature.
///
/// Its score of a configuration is a sum over layers, S = Σ_l s_l(b_l), higher for configurations that are expected to
/// be more accurate. Bit-weighted ones have s_l(b) = c_l · b with a coefficient for each layer, as published
/// comparisons weigh them; perturbation ones have a number of their own for each layer and each number of bits.
public struct HandcraftedProxy: Sendable {
  /// How bits enter the score.
  public enum Kind: String, Sendable, CaseIterable {
    /// A coefficient a layer times its bits.
    case bitWeighted = "bit-weighted"
    /// A number for each layer and number of bits, from what rounding to these bits does.
    case perturbation
    /// A function of the bits that sees nothing of the network.
    case bitFunction = "bit function"
  }

  /// The name that the command line takes.
  public let name: String
  /// The formula of a layer's coefficient, or of its score.
  public let formula: String
  /// Where it is from.
  public let source: String
  /// How bits enter the score.
  public let kind: Kind
  /// The statistics that it takes.
  public let statistics: [Statistic]
  /// The perturbation statistics that it takes.
  public let perturbations: [PerturbationStatistic]
  private let compute: @Sendable (ProxyInputs) throws -> LayerBitScores

  init(
    name: String, formula: String, source: String, kind: Kind, statistics: [Statistic] = [],
    perturbations: [PerturbationStatistic] = [],
    compute: @escaping @Sendable (ProxyInputs) throws -> LayerBitScores
  ) {
    self.name = name
    self.formula = formula
    self.source = source
    self.kind = kind
    self.statistics = statistics
    self.perturbations = perturbations
    self.compute = compute
  }

  /// A proxy of one coefficient a layer.
  static func bitWeighted(
    _ name: String, _ formula: String, source: String, statistics: [Statistic] = [],
    coefficients: @escaping @Sendable (ProxyInputs) throws -> [Double]
  ) -> HandcraftedProxy {
    HandcraftedProxy(
      name: name, formula: formula, source: source, kind: .bitWeighted, statistics: statistics
    ) { inputs in LayerBitScores(coefficients: try onSingleThread { try coefficients(inputs) }) }
  }

  /// A proxy made of perturbation statistics of one layer at some bits.
  ///
  /// - Parameter score: takes the layer and the values of `perturbations` there.
  static func perturbation(
    _ name: String, _ formula: String, source: String, statistics: [Statistic] = [],
    _ perturbations: [PerturbationStatistic],
    score: @escaping @Sendable (_ inputs: ProxyInputs, _ layer: Int, _ values: [Double]) throws -> Double
  ) -> HandcraftedProxy {
    HandcraftedProxy(
      name: name, formula: formula, source: source, kind: .perturbation, statistics: statistics,
      perturbations: perturbations
    ) { inputs in
      let table = try inputs.table()
      let scores = try inputs.statistics.layerNames.indices.map { layer in
        try table.weightBits.map { bits -> Double? in
          let values = perturbations.compactMap { table.value($0, layer: layer, bits: bits) }
          return values.count == perturbations.count ? try score(inputs, layer, values) : nil
        }
      }
      return LayerBitScores(bits: table.weightBits, scores: scores)
    }
  }

  /// The scores of each layer on a network.
  ///
  /// - Throws: ``ProxyError`` naming a statistic that was not computed.
  public func scores(_ inputs: ProxyInputs) throws -> LayerBitScores { try compute(inputs) }

  /// The stages of statistics that it takes.
  public var stages: Set<StatisticsStage> {
    Set(statistics.map(\.stage) + perturbations.flatMap(\.stages))
  }

  /// All there are, in the order that tables show.
  public static let all: [HandcraftedProxy] = [
    bitSum, size, bitOperations, qeScore, weightNorm, snip, plain, gradientNorm, synflow, grasp, fisher,
    hawq, hawqPerParameter, hawqV2, hawqV2Trace, gaussNewtonTrace, ompq, ompqUncentered, emq,
    weightError, relativeWeightError, hawqV2Perturbation, fit, fisherProduct, hessianProduct, taylor,
    outputError, relativeOutputError, lossIncrease, divergence, rootDivergence,
  ]

  /// The proxy of a name; nil where there is none.
  public static func named(_ name: String) -> HandcraftedProxy? { all.first { $0.name == name } }
}

/// What a proxy is computed from: a network's statistics, and which way to round is meant.
public struct ProxyInputs: Sendable {
  /// The statistics.
  public let statistics: NetworkStatistics
  /// How weights are rounded, in the form of ``PerturbationTable/rounding``; nil where there is one table only.
  public let rounding: String?

  /// Makes inputs.
  public init(_ statistics: NetworkStatistics, rounding: String? = nil) {
    self.statistics = statistics
    self.rounding = rounding
  }

  /// The inputs of scores of rounding layers' inputs in place of their weights; nil where that was not computed.
  public func ofLayerInputs() throws -> ProxyInputs? {
    guard let table = try table().ofInputs else { return nil }
    var statistics = statistics
    statistics.perturbations = [table]
    return ProxyInputs(statistics)
  }

  /// The tensors of a statistic.
  ///
  /// - Throws: ``ProxyError`` where it was not computed.
  func tensors(_ statistic: Statistic) throws -> [Tensor] {
    guard let tensors = statistics.tensors[statistic] else {
      throw ProxyError(
        "the statistic \(statistic.rawValue) was not computed; `emq statistics` computes all", kind: .data)
    }
    return tensors
  }

  /// A statistic that is a number for each layer.
  func numbers(_ statistic: Statistic) throws -> [Double] { try tensors(statistic).map { try $0.item() } }

  /// Σ x ⊙ y of two statistics, by layer.
  func innerProducts(_ left: Statistic, _ right: Statistic) throws -> [Double] {
    try zip(tensors(left), tensors(right)).map {
      try $0.multiplied(by: $1).converted(to: .float64).sum().item()
    }
  }

  /// The table of perturbation statistics.
  ///
  /// - Throws: ``ProxyError`` where there is none of this way to round.
  public func table() throws -> PerturbationTable {
    let tables = statistics.perturbations
    if let rounding {
      if let table = tables.first(where: { $0.rounding == rounding }) { return table }
    } else if tables.count == 1 {
      return tables[0]
    }
    throw ProxyError(
      tables.isEmpty
        ? "perturbation statistics were not computed; `emq statistics` computes them for a --rounding"
        : rounding == nil
          ? "there are perturbation statistics of \(tables.count) roundings; --rounding says which is meant"
          : "there are no perturbation statistics of this rounding; `emq statistics` with the same --rounding adds them",
      kind: .data)
  }
}
