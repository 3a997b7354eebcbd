import LayerStatistics

/// What a genome stands for: a formula over statistics of layers, or one over responses.
public enum EvolvedProxy: Hashable, Sendable, CustomStringConvertible {
  /// Of a sequential, branched or DAG structure.
  case formula(Proxy)
  /// Of the response structure.
  case responses(ResponseProxy)

  private var scoring: any ScoringProxy {
    switch self {
    case .formula(let proxy): proxy
    case .responses(let proxy): proxy
    }
  }

  /// The text form.
  public var description: String { scoring.name }

  /// Reads the text form.
  ///
  /// - Throws: ``ProxyError`` with the position and what is expected there.
  public init(parsing text: String, primitives: PrimitiveRegistry = .standard) throws {
    self =
      ResponseProxy.isMeant(by: text)
      ? .responses(try ResponseProxy(parsing: text))
      : .formula(try Proxy(parsing: text, primitives: primitives))
  }

  /// The formula over statistics of layers; nil where it is one over responses.
  public var layerFormula: Proxy? {
    if case .formula(let proxy) = self { proxy } else { nil }
  }

  /// How many inputs, operations and constants it is made of.
  public var complexity: Int {
    switch self {
    case .formula(let proxy): proxy.complexity
    case .responses(let proxy): proxy.complexity
    }
  }

  /// The formula in LaTeX.
  public var latex: String {
    switch self {
    case .formula(let proxy): proxy.latex
    case .responses(let proxy): proxy.latex
    }
  }

  /// A number that forms of one proxy share.
  public var canonicalHash: UInt64 {
    switch self {
    case .formula(let proxy): proxy.canonicalHash
    case .responses(let proxy): proxy.description.stableHash
    }
  }

  /// Why the form alone shows that there is no usable score; nil where it does not.
  public var staticFault: InvalidScore? {
    switch self {
    case .formula(let proxy): proxy.staticFault
    case .responses: nil
    }
  }
}

extension EvolvedProxy: ScoringProxy {
  /// The text form.
  public var name: String { description }
  /// A formula, or one of responses.
  public var kind: ProxyKind { scoring.kind }
  /// The statistics of layers that it takes.
  public var statistics: [Statistic] { scoring.statistics }
  /// The perturbation statistics that it takes.
  public var perturbations: [PerturbationStatistic] { scoring.perturbations }
  /// The responses that it takes.
  public var responses: Set<ResponseInput> { scoring.responses }

  /// The scores of a network's configurations.
  ///
  /// - Throws: ``ProxyError`` where it takes something that was not computed, or has no usable score there.
  public func scores(_ inputs: ProxyInputs) throws -> any ConfigurationScoring { try scoring.scores(inputs) }
}
