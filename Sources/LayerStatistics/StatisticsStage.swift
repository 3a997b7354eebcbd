/// A part of the work of collecting statistics, whose results come together and whose seconds are told apart.
public struct StatisticsStage: Hashable, Sendable {
  /// Those that the program's own statistics take, in the order in which they run.
  public static let allCases: [StatisticsStage] = [
    .weights, .synflow, .firstOrder, .hutchinson, .factors, .eigenvalues, .rounding, .perturbations,
    .oneLayer, .responses,
  ]

  /// The name in files.
  public let rawValue: String

  /// Makes a stage.
  public init(_ name: String) { rawValue = name }
}

extension StatisticsStage {
  /// The weights as they are.
  public static let weights = StatisticsStage("weights")
  /// SynFlow's forward and backward pass.
  public static let synflow = StatisticsStage("synflow")
  /// A forward and a backward pass over the images.
  public static let firstOrder = StatisticsStage("first_order")
  /// A double-backward pass over the images for each probe.
  public static let hutchinson = StatisticsStage("hutchinson")
  /// A forward pass, and a backward pass for each class, over the images.
  public static let factors = StatisticsStage("factors")
  /// Lanczos iterations.
  public static let eigenvalues = StatisticsStage("eigenvalues")
  /// The rounding of weights for perturbation statistics.
  public static let rounding = StatisticsStage("rounding")
  /// The weights' errors and their products with derivatives.
  public static let perturbations = StatisticsStage("perturbations")
  /// A forward pass over the images for each layer and each number of bits.
  public static let oneLayer = StatisticsStage("one_layer")
  /// A forward pass over the images from each layer on for each number of bits, and each pair of
  /// layers, in a background configuration.
  public static let responses = StatisticsStage("responses")
}
