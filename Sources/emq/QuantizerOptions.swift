import ArgumentParser
import Datasets
import Quantization

extension Arithmetic: ExpressibleByArgument {}
extension Rounding: ExpressibleByArgument {
  /// Reads its name.
  public init?(argument: String) { self.init(named: argument) }
  /// Its name.
  public var defaultValueDescription: String { name }
  /// The names of all.
  public static var allValueStrings: [String] { all.map(\.name) }
}
extension Calibration: ExpressibleByArgument {}
extension Correction: ExpressibleByArgument {}
extension WeightRange: ExpressibleByArgument {}
extension WeightScheme.Symmetry: ExpressibleByArgument {}
extension WeightScheme.Granularity: ExpressibleByArgument {}

/// How weights and activations are rounded.
struct QuantizerOptions: ParsableArguments {
  @Option(
    help:
      "How weights are rounded: nearest, gptq, adaround or brecq; nearest where not given, but gptq in emq compress."
  )
  var rounding: Rounding?

  @Flag(
    help: """
      Round each layer on what the rounded layers before it make of the images, anew for each configuration; \
      otherwise each layer is rounded once for each number of bits.
      """)
  var sequential = false

  /// The former name of the flag.
  @Flag(help: .hidden)
  var exact = false

  @Option(help: "Whether weights have a zero point: automatic (up to 4 bits), symmetric or asymmetric.")
  var weightSymmetry: WeightScheme.Symmetry = .automatic

  @Option(help: "What has a scale of its own in a weight: channel or tensor.")
  var weightGranularity: WeightScheme.Granularity = .channel

  @Option(
    help:
      "What ranges of weights have the least error of: output (with --rounding nearest: weight) or weight.")
  var weightRange: WeightRange = .output

  @Option(help: "How ranges of activations are found: minmax, percentile, mse or entropy.")
  var activationRange: Calibration = .minmax

  @Option(
    help: """
      What makes up for rounding in channels: none, bias (behind the activation function), batch_norm (mean and \
      variance) or batch_norm_and_bias; none where not given, but in emq compress the best one by measurement.
      """)
  var correction: Correction?

  @Option(
    help: """
      What is computed with between layers: integer (sums, pools and biases are rounded, too, for the runtime's integer \
      kernels) or float.
      """)
  var arithmetic: Arithmetic = .integer

  @Option(help: "Iterations of adaround and brecq.")
  var iterations = QuantizationOptions().iterations

  @Option(help: "Images to calibrate on, drawn at random with the seed; up to 1024 where not given.")
  var calibrationImages: Int?

  func validate() throws {
    guard calibrationImages.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--calibration-images is \(calibrationImages ?? 0); 1 or more is needed")
    }
    guard iterations >= 1 else {
      throw ValidationError("--iterations is \(iterations); 1 or more is needed")
    }
  }

  func options(seed: UInt64, defaultRounding: Rounding = .nearest) -> QuantizationOptions {
    var options = QuantizationOptions()
    options.rounding = rounding ?? defaultRounding
    options.isSequential = sequential || exact
    options.weights = WeightScheme(symmetry: weightSymmetry, granularity: weightGranularity)
    options.weightRange = weightRange
    options.calibration = activationRange
    options.arithmetic = arithmetic
    options.correction = correction ?? .none
    options.iterations = iterations
    options.seed = seed
    return options
  }

  /// The images of a data set to calibrate on.
  ///
  /// - Throws: `DatasetError` where there are fewer than asked for, or too few to round by.
  func calibrationSet(_ path: String, seed: UInt64) throws -> Dataset {
    try Dataset.open(path).calibrationSet(calibrationImages, rounding: rounding ?? .nearest, seed: seed)
  }
}
