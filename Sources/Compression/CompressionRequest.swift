import Allocation
import Datasets
import Quantization
import Workloads

/// What a network is to become, and what that is chosen by.
public struct CompressionRequest: Sendable {
  /// Images that bits and roundings are chosen by; labels help, but are not needed.
  public var data: Dataset
  /// Images that the result is proven on; nil keeps a fifth of ``data`` apart for it.
  public var test: Dataset?
  /// Whether an accuracy is searched for, which half of the proof's images then serve.
  public var wantsValidation: Bool
  /// What bits are chosen among.
  public var space: AllocationSpace
  /// What the result may take.
  public var budgets: [Budget]
  /// How weights and activations are rounded.
  public var quantization: QuantizationOptions
  /// Whether a ``CompressionPipeline`` measures all corrections of outputs and keeps the best one, in place of taking that of
  /// ``quantization``.
  public var measuresCorrections: Bool
  /// The task's own measure; nil for top-1 of labelled images.
  public var metric: TaskMetric?
  /// Images that roundings are calibrated on; nil for as many as are usual.
  public var calibrationImages: Int?
  /// A folder that keeps rounded weights for a run that resumes; nil for none.
  public var weights: String?
  /// Bytes that may be taken at a time, about; nil for as many as are usual. ``CompressionForecast/requireMemory(_:)`` says
  /// beforehand whether that is enough.
  public var memory: Int?
  /// Hears what lies ahead when data are loaded, before anything else is computed; where it throws, nothing is.
  public var whenLoaded: (@Sendable (CompressionProspect) throws -> Void)?
  /// The seed of everything random.
  public var seed: UInt64

  /// The roundings that gradients and chosen images are worth the time for.
  public static let defaultRounding = Rounding.gptq

  /// Makes a request.
  ///
  /// - Parameters:
  ///   - data: examples that bits and roundings are chosen by.
  ///   - test: examples that the result is proven on; nil keeps a fifth of the data apart.
  ///   - wantsValidation: whether an accuracy is searched for, which half of the proof's examples then serve.
  ///   - space: the configurations to choose among.
  ///   - budgets: what the network may take.
  ///   - quantization: nil for the default options with ``defaultRounding``.
  ///   - measuresCorrections: whether the best correction is found by measurement.
  ///   - calibrationImages: how many examples to calibrate on; nil for what the rounding usually takes.
  ///   - seed: what randomness is derived from.
  public init(
    data: Dataset, test: Dataset? = nil, wantsValidation: Bool = false, space: AllocationSpace,
    budgets: [Budget], quantization: QuantizationOptions? = nil, measuresCorrections: Bool = true,
    calibrationImages: Int? = nil, seed: UInt64 = 1
  ) {
    var options = QuantizationOptions()
    options.rounding = Self.defaultRounding
    options.arithmetic = .integer
    options.seed = seed
    self.data = data
    self.test = test
    self.wantsValidation = wantsValidation
    self.space = space
    self.budgets = budgets
    self.quantization = quantization ?? options
    self.measuresCorrections = measuresCorrections
    self.calibrationImages = calibrationImages
    self.seed = seed
  }
}
