import Foundation

/// What the error is that a weight's range is chosen by.
public enum WeightRange: String, Sendable, Codable, CaseIterable {
  /// That of the layer's output on the calibration images, under second-order rounding; of the weight where the
  /// rounding is to the nearest level.
  case output
  /// That of the weight, rounded to the nearest level, as in the published second-order and adaptive rounding.
  case weight
}

/// How a network is quantized after training.
public struct QuantizationOptions: Sendable, Hashable, Codable {
  /// How weights are rounded.
  public var rounding: Rounding = .nearest
  /// Which grids weights are rounded to.
  public var weights = WeightScheme()
  /// What the ranges of weights are chosen by.
  public var weightRange: WeightRange = .output
  /// How the ranges of layers' inputs are found.
  public var calibration: Calibration = .minmax
  /// What is computed with between layers.
  public var arithmetic: Arithmetic {
    get { givenArithmetic ?? .float }
    set { givenArithmetic = newValue == .float ? nil : newValue }
  }
  // Files do not name what they had before there was a choice.
  private var givenArithmetic: Arithmetic?
  /// Whether a configuration's layers are rounded in sequence, each seeing what the rounding of those before has done
  /// to its input; otherwise each layer is rounded once for each number of bits, on what enters it in the float
  /// network.
  public var isSequential = false
  /// What makes up for rounding in layers' outputs.
  public var correction: Correction {
    get { Correction(correctsBias: correctsBias, reestimatesBatchNorms: reestimatesBatchNorms) }
    set {
      correctsBias = newValue.correctsBias
      reestimatesBatchNorms = newValue.reestimatesBatchNorms
    }
  }
  // The form that files have.
  private var correctsBias = false
  private var reestimatesBatchNorms = false
  /// Iterations of the learned roundings.
  public var iterations = 2000
  /// The seed of everything random.
  public var seed: UInt64 = 1

  private enum CodingKeys: String, CodingKey {
    case rounding, weights, weightRange, calibration
    case givenArithmetic = "arithmetic"
    // The name that files have for it.
    case isSequential = "isExact"
    case correctsBias, reestimatesBatchNorms, iterations, seed
  }

  /// Makes the default options.
  public init() {}

  /// The way to round single layers in a form that can be compared: whether layers are rounded one after the other is
  /// none of it, nor is what is computed with between them, nor the seed.
  public var layerwiseIdentity: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var options = self
    options.isSequential = false
    options.arithmetic = .float
    options.seed = 0
    return (try? encoder.encode(options)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
