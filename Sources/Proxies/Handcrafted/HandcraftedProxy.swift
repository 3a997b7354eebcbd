import BitModel
import LayerStatistics
import Torch

/// A proxy from the literature.
///
/// Its score of a configuration is higher for those that are expected to be more accurate; but for those of responses it
/// is a sum over layers, S = Σ_l s_l(b_l). Bit-weighted ones have s_l(b) = c_l · b with a coefficient for each layer, as published
/// comparisons weigh them; perturbation ones have a number of their own for each layer and each number of bits.
public struct HandcraftedProxy: ScoringProxy {
  /// The name that it is called by: letters, digits and underscores.
  public let name: String
  /// The formula of a layer's coefficient, or of its score.
  public let formula: String
  /// Where it is from.
  public let source: String
  /// How bits enter the score.
  public let kind: ProxyKind
  /// The statistics that it takes.
  public let statistics: [Statistic]
  /// The perturbation statistics that it takes.
  public let perturbations: [PerturbationStatistic]
  private let formulaText: String?
  /// The responses that it takes.
  public let responses: Set<ResponseInput>
  private let compute: @Sendable (ProxyInputs) throws -> any ConfigurationScoring

  /// Makes a proxy.
  ///
  /// - Parameters:
  ///   - name: the name that it is called by.
  ///   - formula: the formula of a layer's score, as tables show it.
  ///   - source: where it is from.
  ///   - kind: how bits enter the score.
  ///   - asFormula: the text of a formula that ranks as it does; nil where there is none.
  ///   - statistics: the statistics that it takes.
  ///   - perturbations: the perturbation statistics that it takes.
  ///   - responses: the responses that it takes.
  ///   - compute: the scores of a network's configurations.
  public init(
    name: String, formula: String, source: String, kind: ProxyKind, asFormula: String? = nil,
    statistics: [Statistic] = [], perturbations: [PerturbationStatistic] = [],
    responses: Set<ResponseInput> = [],
    compute: @escaping @Sendable (ProxyInputs) throws -> any ConfigurationScoring
  ) {
    self.name = name
    self.formula = formula
    self.source = source
    self.kind = kind
    formulaText = asFormula
    self.statistics = statistics
    self.perturbations = perturbations
    self.responses = responses
    self.compute = compute
  }

  /// A proxy of one coefficient a layer.
  public static func bitWeighted(
    _ name: String, _ formula: String, source: String, asFormula: String? = nil, statistics: [Statistic] = [],
    coefficients: @escaping @Sendable (ProxyInputs) throws -> [Double]
  ) -> HandcraftedProxy {
    HandcraftedProxy(
      name: name, formula: formula, source: source, kind: .bitWeighted, asFormula: asFormula,
      statistics: statistics
    ) { inputs in LayerBitScores(coefficients: try onSingleThread { try coefficients(inputs) }) }
  }

  /// A proxy made of perturbation statistics of one layer at some bits.
  ///
  /// - Parameters:
  ///   - name: what tables and options call it.
  ///   - formula: the formula that tables show.
  ///   - source: where it is from, as tables show it.
  ///   - asFormula: a formula of primitives that ranks as it does; nil for none.
  ///   - statistics: the statistics that the score takes beside.
  ///   - perturbations: what `values` are of, in this order.
  ///   - score: takes the layer and the values of `perturbations` there.
  public static func perturbation(
    _ name: String, _ formula: String, source: String, asFormula: String? = nil, statistics: [Statistic] = [],
    _ perturbations: [PerturbationStatistic],
    score: @escaping @Sendable (_ inputs: ProxyInputs, _ layer: Int, _ values: [Double]) throws -> Double
  ) -> HandcraftedProxy {
    HandcraftedProxy(
      name: name, formula: formula, source: source, kind: .perturbation, asFormula: asFormula,
      statistics: statistics,
      perturbations: perturbations
    ) { inputs in
      let table = try inputs.table()
      let scores = try inputs.statistics.layerNames.indices.map { layer in
        try table.weightBits.map { bits -> Double? in
          let values = perturbations.compactMap { table.value($0, layer: layer, bits: bits) }
          return values.count == perturbations.count ? try score(inputs, layer, values) : nil
        }
      }
      return try LayerBitScores(bits: table.weightBits, scores: scores)
    }
  }

  /// A proxy that is a formula of the `response` structure.
  public static func response(
    _ name: String, _ formula: String, source: String, _ proxy: ResponseProxy
  ) -> HandcraftedProxy {
    HandcraftedProxy(
      name: name, formula: formula, source: source, kind: .response, asFormula: proxy.description,
      responses: proxy.responses
    ) { try proxy.superposedScores($0) }
  }

  /// The scores of a network's configurations.
  ///
  /// - Throws: ``ProxyError`` naming a statistic that was not computed.
  public func scores(_ inputs: ProxyInputs) throws -> any ConfigurationScoring {
    let scores = try compute(inputs)
    let count = inputs.statistics.layerNames.count
    guard scores.layerCount == count else {
      throw ProxyError(
        "the proxy \(name) gives scores of \(scores.layerCount) layers; the statistics are of \(count)",
        kind: .data)
    }
    return scores
  }

  /// The same proxy as a formula that a search may come to; nil where it is none.
  public var asFormula: EvolvedProxy? { formulaText.flatMap { try? EvolvedProxy(parsing: $0) } }
}
