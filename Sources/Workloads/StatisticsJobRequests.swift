import BitModel
import LayerStatistics
import Quantization

extension StatisticsJob {
  /// What rounding single layers does, for one way to round.
  public struct Perturbations {
    /// The network, and how its weights are rounded.
    public var quantization: PostTrainingQuantization
    /// The digest of the images that the rounding is calibrated on.
    public var calibration: String
    /// Bits that weights may have.
    public var weightBits: [Int]
    /// Bits that layers' inputs may have.
    public var activationBits: [Int]
    /// Which statistics are needed.
    public var statistics: Set<PerturbationStatistic>

    /// Asks for perturbation statistics.
    public init(
      quantization: PostTrainingQuantization, calibration: String, weightBits: [Int], activationBits: [Int],
      statistics: Set<PerturbationStatistic> = Set(PerturbationStatistic.allCases)
    ) {
      self.quantization = quantization
      self.calibration = calibration
      self.weightBits = weightBits
      self.activationBits = activationBits
      self.statistics = statistics
    }
  }

  /// What changes of bits do to outputs, for one way to round.
  public struct Responses: Sendable {
    /// The network, and how its weights are rounded.
    public var quantization: PostTrainingQuantization
    /// The digest of the images that the rounding is calibrated on.
    public var calibration: String
    /// The runs, for each background.
    public var plans: [ResponsePlan]

    /// Asks for responses.
    public init(quantization: PostTrainingQuantization, calibration: String, plans: [ResponsePlan]) {
      self.quantization = quantization
      self.calibration = calibration
      self.plans = plans
    }
  }

  /// Whole configurations that are run on the images, too.
  public struct Measured: Sendable {
    /// The network, and how its weights are rounded.
    public var quantization: PostTrainingQuantization
    /// The digest of the images that the rounding is calibrated on.
    public var calibration: String
    /// The configurations.
    public var configurations: [BitConfiguration]

    /// Asks for measurements.
    public init(
      quantization: PostTrainingQuantization, calibration: String, configurations: [BitConfiguration]
    ) {
      self.quantization = quantization
      self.calibration = calibration
      self.configurations = configurations
    }
  }
}

extension PerturbationTable {
  /// Whether it has all that is asked for.
  func holds(_ asked: StatisticsJob.Perturbations) -> Bool {
    asked.statistics.isSubset(of: values.keys) && Set(asked.weightBits).isSubset(of: weightBits)
      && Set(asked.activationBits).isSubset(of: activationBits)
  }
}
