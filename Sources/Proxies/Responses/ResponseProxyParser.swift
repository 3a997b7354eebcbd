import Foundations

extension ResponseProxy {
  /// Powers that texts may have.
  static let powers = 0.05...4.0
  /// Weights of interactions that texts may have.
  static let interactionWeights = -4.0...4.0

  /// Whether a text is meant to be a formula of responses: it begins with a distance of outputs, or shrinks one.
  static func isMeant(by text: String) -> Bool {
    let first = text.drop { $0.isWhitespace }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    return first == shrinkageName || OutputDistance.named(String(first)) != nil
  }

  /// Reads the text form.
  ///
  /// - Throws: ``ProxyError`` with the position, counted from 1, and what is expected there.
  public init(parsing text: String) throws {
    var parser = try FormulaScanner(text)
    var shrinks = false
    var distance: OutputDistance?
    while distance == nil {
      let names = OutputDistance.all.map(\.name) + (shrinks ? [] : [Self.shrinkageName])
      let name = try parser.word("a distance of outputs", among: names) { names.contains($0) ? $0 : nil }
      try parser.take("(")
      distance = OutputDistance.named(name)
      shrinks = shrinks || distance == nil
    }
    var outputOperations: [OutputOperation] = []
    let names = [Self.superpositionName] + OutputOperation.all.map(\.name)
    while true {
      let place = parser.position
      let name = try parser.word("superposed or an operation on outputs", among: names) {
        names.contains($0) ? $0 : nil
      }
      try parser.take("(")
      guard let operation = OutputOperation.named(name) else { break }
      guard outputOperations.count < 20 else { throw parser.error("at most 20 operations", at: place) }
      outputOperations.append(operation)
    }
    var operations: [ResponseOperation] = []
    var background: ResponseInput.Background?
    let inputs = Dictionary(uniqueKeysWithValues: Self.inputNames.map { ($1, $0) })
    while background == nil {
      let place = parser.position
      let names = inputs.keys.sorted() + ResponseOperation.all.map(\.name)
      let name = try parser.word("a response or an operation on responses", among: names) {
        names.contains($0) ? $0 : nil
      }
      background = inputs[name]
      if let operation = ResponseOperation.named(name) {
        guard operations.count < 20 else { throw parser.error("at most 20 operations", at: place) }
        operations.append(operation)
        try parser.take("(")
      }
    }
    var steps: [Step] = []
    for operation in operations.reversed() {
      var constant = 0.0
      if let range = operation.constants {
        try parser.take(",")
        constant = try parser.number(in: range)
      }
      try parser.take(")")
      steps.append(Step(operation, constant: constant))
    }
    var (weight, window) = (0.0, Int?.none)
    if parser.takes(",") {
      weight = try parser.number(in: Self.interactionWeights)
      if parser.takes(",") { window = Int(try parser.number(in: 1...10_000)) }
    }
    try parser.take(")")
    let outputSteps = try outputOperations.reversed().map { operation in
      let constant = try operation.constants.map {
        try parser.take(",")
        return try parser.number(in: $0)
      }
      try parser.take(")")
      return OutputStep(operation, constant: constant ?? 0)
    }
    let power = parser.takes(",") ? try parser.number(in: Self.powers) : 1
    try parser.take(")")
    var shrinkage = 0.0
    if shrinks {
      try parser.take(",")
      shrinkage = try parser.number(in: 0...1)
      try parser.take(")")
    }
    try parser.end()
    self.init(
      distance ?? .divergence, power: power, shrinkage: shrinkage, background: background ?? .uniform,
      steps: steps, interactionWeight: weight, window: window,
      outputSteps: outputSteps)
  }
}
