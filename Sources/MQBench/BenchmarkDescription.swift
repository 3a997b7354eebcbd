import Support

/// What a benchmark's rows have in common: the network, and how configurations are measured.
public struct BenchmarkDescription: Codable, Sendable, Equatable {
  /// The file that the network was read from.
  public var model: String
  /// The digest of the network.
  public var network: String
  /// The quantizable layers in graph order.
  public var costs: CostModel
  /// The digest of the evaluation images, and how many of them are used.
  public var evaluation: ImageSet
  /// The digest of the calibration images, and how many of them are used.
  public var calibration: ImageSet
  /// Candidate bits of weights.
  public var weightBits: [Int]
  /// Bits of all activations.
  public var activationBits: Int
  /// How weights and activations are rounded.
  public var rounding: String
  /// The seed that configurations are drawn with.
  public var seed: UInt64
  /// The accuracy of the float network on the evaluation images, 0 to 1.
  public var floatTop1: Double

  /// Some images of a data set.
  public struct ImageSet: Codable, Sendable, Equatable {
    /// Where they were read from.
    public var path: String
    /// The digest of the data set.
    public var digest: String
    /// How many images.
    public var count: Int

    /// Names images.
    public init(path: String, digest: String, count: Int) {
      self.path = path
      self.digest = digest
      self.count = count
    }
  }

  /// Makes a description.
  public init(
    model: String, network: String, costs: CostModel, evaluation: ImageSet, calibration: ImageSet,
    weightBits: [Int], activationBits: Int, rounding: String, seed: UInt64, floatTop1: Double
  ) {
    self.model = model
    self.network = network
    self.costs = costs
    self.evaluation = evaluation
    self.calibration = calibration
    self.weightBits = weightBits
    self.activationBits = activationBits
    self.rounding = rounding
    self.seed = seed
    self.floatTop1 = floatTop1
  }

  /// Whether rows measured under the other description may stand beside rows of this one.
  public func isComparable(to other: BenchmarkDescription) -> Bool {
    network == other.network && evaluation.digest == other.evaluation.digest
      && evaluation.count == other.evaluation.count && calibration.digest == other.calibration.digest
      && calibration.count == other.calibration.count && rounding == other.rounding
      && weightBits == other.weightBits && activationBits == other.activationBits && seed == other.seed
  }
}
