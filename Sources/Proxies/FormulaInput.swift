import LayerStatistics

/// A quantity that a formula may begin with.
public enum FormulaInput: Hashable, Sendable {
  /// A tensor of each layer.
  case statistic(Statistic)
  /// A number for each layer and number of bits, from what rounding the layer does.
  case perturbation(PerturbationStatistic)
  /// A number that is known without looking at weights or images.
  case quantity(LayerQuantity)

  /// The name in texts.
  public var name: String {
    switch self {
    case .statistic(let statistic): statistic.rawValue
    case .perturbation(let statistic): statistic.rawValue
    case .quantity(let quantity): quantity.rawValue
    }
  }

  /// The input of a name; nil where there is none.
  public init?(name: String) {
    if let statistic = Statistic(rawValue: name) {
      self = .statistic(statistic)
    } else if let statistic = PerturbationStatistic(rawValue: name) {
      self = .perturbation(statistic)
    } else if let quantity = LayerQuantity(rawValue: name) {
      self = .quantity(quantity)
    } else {
      return nil
    }
  }

  /// Whether its value depends on the bits that the layer has.
  public var dependsOnBits: Bool {
    switch self {
    case .statistic: false
    case .perturbation: true
    case .quantity(let quantity): quantity == .bits || quantity == .activationBits
    }
  }

  /// The inputs that EMQ's paper names.
  public static let paper: [FormulaInput] = Statistic.paperInputs.map { .statistic($0) }

  /// What forward passes tell: the errors that rounding makes in weights, outputs and predictions, and what layers are.
  public static let forward: [FormulaInput] =
    [
      PerturbationStatistic.weightError, .relativeWeightError, .outputError, .relativeOutputError,
      .divergence,
    ]
    .map { .perturbation($0) } + [.quantity(.bits), .quantity(.parameters), .quantity(.macs)]

  /// All statistics that are tensors or numbers of a layer, what rounding does, and what layers are.
  ///
  /// Left out are `gram`, whose size is that of the batch, and the standard error of a trace, which says how well the
  /// trace was estimated and nothing of the layer.
  public static let extended: [FormulaInput] =
    Statistic.allCases.filter { $0 != .gram && $0 != .hessianTraceError }.map { .statistic($0) }
    + PerturbationStatistic.allCases.map { .perturbation($0) }
    + LayerQuantity.allCases.map { .quantity($0) }

  /// All there are.
  public static let all: [FormulaInput] =
    Statistic.allCases.map { .statistic($0) } + PerturbationStatistic.allCases.map { .perturbation($0) }
    + LayerQuantity.allCases.map { .quantity($0) }
}

extension FormulaInput: Codable {
  /// Reads a name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let input = FormulaInput(name: name) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "there is no input '\(name)'")
    }
    self = input
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

/// What a layer is, whatever its weights are.
public enum LayerQuantity: String, CaseIterable, Codable, Sendable {
  /// The bits of the layer's weight.
  case bits
  /// The bits of the layer's input.
  case activationBits = "activation_bits"
  /// The number of elements of the weight.
  case parameters
  /// Multiplications and additions for one image.
  case macs
}
