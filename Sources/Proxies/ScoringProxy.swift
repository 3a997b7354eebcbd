import LayerStatistics

/// How bits enter a proxy's score.
public enum ProxyKind: String, Sendable, CaseIterable {
  /// A coefficient a layer times its bits.
  case bitWeighted = "bit-weighted"
  /// A number for each layer and number of bits, from what rounding to these bits does.
  case perturbation
  /// A function of the bits that sees nothing of the network.
  case bitFunction = "bit function"
  /// Of what single and paired changes of bits do to outputs, image by image.
  case response
  /// As its formula says.
  case formula
}

/// What scores bit configurations of a network, higher for those that are expected to be more accurate.
public protocol ScoringProxy: Sendable {
  /// What tables call it.
  var name: String { get }
  /// How bits enter the score.
  var kind: ProxyKind { get }
  /// The statistics of layers that it takes.
  var statistics: [Statistic] { get }
  /// The perturbation statistics that it takes.
  var perturbations: [PerturbationStatistic] { get }
  /// The responses that it takes.
  var responses: Set<ResponseInput> { get }

  /// The scores of a network's configurations.
  ///
  /// - Throws: ``ProxyError`` where it takes something that was not computed, or has no usable score there.
  func scores(_ inputs: ProxyInputs) throws -> any ConfigurationScoring
}

extension ScoringProxy {
  /// None.
  public var responses: Set<ResponseInput> { [] }

  /// The scores of each layer on a network.
  ///
  /// - Throws: ``ProxyError`` as ``scores(_:)``, and where a score is not made of one number a layer.
  public func layerScores(_ inputs: ProxyInputs) throws -> LayerBitScores {
    guard let scores = try scores(inputs) as? LayerBitScores else {
      throw ProxyError("the score of the proxy \(name) is not made of one number a layer")
    }
    return scores
  }

  /// Whether it takes no more than what rounding layers does in forward passes.
  public var takesForwardPassesOnly: Bool {
    !perturbations.isEmpty && statistics.isEmpty
      && Set(perturbations).isDisjoint(with: PerturbationStatistic.derivatives)
  }

  /// The stages of statistics that it takes.
  public var stages: Set<StatisticsStage> {
    Set(statistics.map(\.stage) + perturbations.flatMap(\.stages) + responses.map(\.stage))
  }
}

extension Proxy: ScoringProxy {
  /// The text form.
  public var name: String { description }
  /// A formula.
  public var kind: ProxyKind { .formula }

  /// The statistics of layers that the formula takes, in the order of all.
  public var statistics: [Statistic] { Statistic.allCases.filter(expression.statistics.contains) }

  /// The perturbation statistics that the formula takes, in the order of all.
  public var perturbations: [PerturbationStatistic] {
    PerturbationStatistic.allCases.filter(expression.perturbations.contains)
  }
}
