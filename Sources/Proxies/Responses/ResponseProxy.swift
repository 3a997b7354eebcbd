import BitModel
import LayerStatistics
import Torch

/// A formula of the `response` structure: layers' responses are changed one by one, superposed with a share of their
/// interactions, and the score is −mean dᵖ of how far the predicted outputs of images are from the float network's.
///
///     let proxy = try ResponseProxy(parsing: "output_divergence(superposed(center(response), 0.5, 3), 0.5)")
///
/// `response` are those from a uniform background, `float_response` those from the float network; the two numbers are the
/// weight λ of interactions and the greatest distance of layers whose interactions count, all where it is left out. A last
/// number is the power p, 1 where it is left out.
///
/// `shrunk(…, w)` mixes the score of superposed outputs with w of S(β) + Σ_l (S(β; l→b_l) − S(β)), what layers do one by one.
/// How layers' responses go together is known from few images only as well as chance allows, and where rounding changes
/// little, chance outweighs it.
public struct ResponseProxy: Hashable, Sendable {
  /// An operation on layers' responses with its constant; 0 where it takes none.
  public struct Step: Hashable, Sendable {
    /// What is done.
    public let operation: ResponseOperation
    /// The constant.
    public let constant: Double

    /// Makes a step.
    public init(_ operation: ResponseOperation, constant: Double = 0) {
      self.operation = operation
      self.constant = constant
    }
  }

  /// An operation on predicted outputs with its constant; 0 where it takes none.
  public struct OutputStep: Hashable, Sendable {
    /// What is done.
    public let operation: OutputOperation
    /// The constant.
    public let constant: Double

    /// Makes a step.
    public init(_ operation: OutputOperation, constant: Double = 0) {
      self.operation = operation
      self.constant = constant
    }
  }

  /// Where responses are seen from.
  public let background: ResponseInput.Background
  /// What is done to each layer's responses, in this order.
  public let steps: [Step]
  /// The weight λ of interactions.
  public let interactionWeight: Double
  /// The greatest distance of layers whose interactions count; nil for all.
  public let window: Int?
  /// What is done to predicted outputs, in this order.
  public let outputSteps: [OutputStep]
  /// How far predicted outputs of an image are from the float network's.
  public let distance: OutputDistance
  /// The power p of −mean dᵖ.
  public let power: Double
  /// The weight w of what layers do one by one, against 1 − w of what they do together.
  public let shrinkage: Double

  /// Makes a formula; operations that are repeated become one where one does the same.
  public init(
    _ distance: OutputDistance, power: Double = 1, shrinkage: Double = 0,
    background: ResponseInput.Background = .uniform, steps: [Step] = [],
    interactionWeight: Double = 0, window: Int? = nil, outputSteps: [OutputStep] = []
  ) {
    self.distance = distance
    self.power = power
    self.shrinkage = shrinkage
    self.background = background
    self.outputSteps = Self.merged(outputSteps) { last, step in
      guard last.operation == step.operation else { return nil }
      let constant = step.operation.repeated?(last.constant, step.constant)
      return Self.allowed(constant, in: step.operation.constants).map { .init(step.operation, constant: $0) }
    }
    self.steps = Self.merged(steps) { last, step in
      guard last.operation == step.operation else { return nil }
      let constant = step.operation.repeated?(last.constant, step.constant)
      return Self.allowed(constant, in: step.operation.constants).map { .init(step.operation, constant: $0) }
    }
    self.interactionWeight = interactionWeight
    self.window = interactionWeight == 0 ? nil : window
  }
}

extension ResponseProxy {
  /// Steps of which neighbours became one where that is possible.
  private static func merged<Element>(
    _ steps: [Element], joining: (_ last: Element, _ step: Element) -> Element?
  ) -> [Element] {
    steps.reduce(into: []) { known, step in
      if let last = known.last, let both = joining(last, step) {
        known[known.count - 1] = both
      } else {
        known.append(step)
      }
    }
  }

  /// A constant; nil where it is none that an operation may have.
  private static func allowed(_ value: Double?, in range: ClosedRange<Double>?) -> Double? {
    value.flatMap { value in range.map { $0.contains(value) } ?? true ? value : nil }
  }
}

extension ResponseProxy: CustomStringConvertible {
  static let inputNames: [ResponseInput.Background: String] = [
    .uniform: "response", .float: "float_response",
  ]
  static let superpositionName = "superposed"
  static let shrinkageName = "shrunk"

  /// The text form.
  public var description: String {
    func call(_ name: String, _ text: String, _ constant: Double?) -> String {
      "\(name)(\(text)\(constant.map { ", \($0.text)" } ?? ""))"
    }
    let layers = steps.reduce(Self.inputNames[background] ?? "response") { text, step in
      call(step.operation.name, text, step.operation.constants.map { _ in step.constant })
    }
    let weight =
      interactionWeight == 0 ? "" : ", \(interactionWeight.text)" + (window.map { ", \($0)" } ?? "")
    let outputs = outputSteps.reduce("\(Self.superpositionName)(\(layers)\(weight))") { text, step in
      call(step.operation.name, text, step.operation.constants.map { _ in step.constant })
    }
    let together = call(distance.name, outputs, power == 1 ? nil : power)
    return shrinkage == 0 ? together : call(Self.shrinkageName, together, shrinkage)
  }
}

extension ResponseProxy: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    try self.init(parsing: container.decode(String.self))
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Double {
  /// The shortest digits that read back as this number, without those of a whole one.
  fileprivate var text: String { self == rounded() && abs(self) < 1e9 ? String(Int(self)) : String(self) }
}

extension ResponseProxy: ScoringProxy {
  /// The text form.
  public var name: String { description }
  /// Of responses.
  public var kind: ProxyKind { .response }
  /// None.
  public var statistics: [Statistic] { [] }
  /// None.
  public var perturbations: [PerturbationStatistic] { [] }
  /// The responses that the formula takes.
  public var responses: Set<ResponseInput> {
    [ResponseInput(background, interactions: interactionWeight != 0)]
  }

  /// The scores of a network's configurations.
  ///
  /// - Throws: ``ProxyError`` where the responses were not computed.
  public func scores(_ inputs: ProxyInputs) throws -> any ConfigurationScoring {
    try superposedScores(inputs)
  }

  /// The formula for outputs of a kind: of values, errors are squared as they are, and nothing is made of outputs before.
  func serving(_ kind: ResponseTable.Kind) -> ResponseProxy {
    switch kind {
    case .classes: self
    case .values:
      ResponseProxy(
        distance.serving(kind), power: power, shrinkage: shrinkage, background: background, steps: steps,
        interactionWeight: interactionWeight, window: window)
    }
  }

  /// The scores of a network's configurations.
  ///
  /// - Throws: ``ProxyError`` where the responses were not computed.
  public func superposedScores(_ inputs: ProxyInputs) throws -> SuperposedScores {
    var scores: SuperposedScores?
    for input in responses {
      let table = try inputs.responses(input)
      let (outputSteps, distance) = (serving(table.kind).outputSteps, distance.serving(table.kind))
      scores = try SuperposedScores(
        Superposition(table, interactionWeight: interactionWeight, window: window) { responses in
          try steps.reduce(responses) { try $1.operation.apply($0, $1.constant) }
        }, reference: table.reference
      ) { predicted, reference in
        func changed(_ outputs: Tensor) throws -> Tensor {
          try outputSteps.reduce(outputs) { try $1.operation.apply($0, $1.constant) }
        }
        return try distance.scores(changed(predicted), changed(reference), power: power)
      }
      if shrinkage != 0 { scores = try scores?.shrunk(by: shrinkage) }
    }
    guard let scores else { throw ProxyError("the formula \(self) takes no responses") }
    return scores
  }
}
