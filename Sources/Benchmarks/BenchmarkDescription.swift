import BitModel
import Foundation
import Foundations
import Quantization

/// What a benchmark's rows have in common: the network, and how configurations are measured.
public struct BenchmarkDescription: Codable, Sendable, Equatable {
  /// The name of the file that the network was read from.
  public var model: String
  /// The digest of the network.
  public var network: String
  /// The quantizable layers in graph order.
  public var costs: CostModel
  /// The digest of the evaluation images, and how many of them are used.
  public var evaluation: ImageSet
  /// Over how many views of each image divergence and agreement are means.
  public var views: Int
  /// The digest of the calibration images, and how many of them are used.
  public var calibration: ImageSet
  /// Candidate bits of weights.
  public var weightBits: [Int]
  /// Candidate bits of activations; where there are several, the first and last layer have the most.
  public var activationBits: [Int]
  /// How weights and activations are rounded.
  public var quantization: QuantizationOptions
  /// How configurations are drawn.
  public var design: ConfigurationSampler.Design
  /// The seed that configurations and calibration images are drawn with.
  public var seed: UInt64
  /// The accuracy of the float network on the evaluation images, 0 to 1.
  public var floatTop1: Double

  /// Some images of a data set.
  public struct ImageSet: Codable, Sendable, Equatable {
    /// The name of the file or folder that they were read from.
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
    model: String, network: String, costs: CostModel, evaluation: ImageSet, views: Int = 1,
    calibration: ImageSet,
    weightBits: [Int], activationBits: [Int], quantization: QuantizationOptions,
    design: ConfigurationSampler.Design, seed: UInt64, floatTop1: Double
  ) {
    self.model = model
    self.network = network
    self.costs = costs
    self.evaluation = evaluation
    self.views = views
    self.calibration = calibration
    self.weightBits = weightBits
    self.activationBits = activationBits
    self.quantization = quantization
    self.design = design
    self.seed = seed
    self.floatTop1 = floatTop1
  }

  /// The identity of how rows are measured: images, bits, rounding and design, but not where files lie.
  public func protocolDigest() throws -> String {
    struct Identity: Encodable {
      let evaluation, calibration: String
      let evaluationCount, calibrationCount: Int
      let views: Int
      let weightBits, activationBits: [Int]
      let quantization: QuantizationOptions
      let design: ConfigurationSampler.Design
    }
    let identity = Identity(
      evaluation: evaluation.digest, calibration: calibration.digest, evaluationCount: evaluation.count,
      calibrationCount: calibration.count, views: views, weightBits: weightBits,
      activationBits: activationBits,
      quantization: quantization, design: design)
    return sha256(try Self.encoder.encode(identity))
  }

  /// What of another description does not fit this one, in words; nil where rows of both may stand together.
  public func difference(from other: BenchmarkDescription) throws -> String? {
    if network != other.network { return "another network (\(model))" }
    if evaluation.digest != other.evaluation.digest || evaluation.count != other.evaluation.count {
      return "other evaluation images (\(evaluation.count) of \(evaluation.path))"
    }
    if views != other.views { return "another number of views (\(views))" }
    if calibration.digest != other.calibration.digest || calibration.count != other.calibration.count {
      return "other calibration images (\(calibration.count) of \(calibration.path))"
    }
    if seed != other.seed { return "another seed (\(seed))" }
    if weightBits != other.weightBits || activationBits != other.activationBits {
      return "other bits (\(weightBits), activations \(activationBits))"
    }
    if quantization != other.quantization {
      return "another rounding (\(quantization.rounding.name) or its options)"
    }
    return design == other.design ? nil : "another design (\(design.rawValue))"
  }

  package static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  package static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}
