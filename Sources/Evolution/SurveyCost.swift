/// What a survey of a space, which operations' probabilities are taken from, adds to the cost of a search.
public struct SurveyCost: Sendable, Equatable, Codable {
  /// Random formulas that were drawn.
  public let samples: Int
  /// Those that were ranked on all search configurations.
  public let evaluations: Int

  /// Names a cost.
  public init(samples: Int, evaluations: Int) {
    self.samples = samples
    self.evaluations = evaluations
  }
}
