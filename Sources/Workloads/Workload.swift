import Datasets
import Foundation
import Foundations
import Network
import ONNX
import Quantization

/// A float network with what is done to its images: what is measured, quantized and compressed.
///
///     let workload = try Workload(model: "resnet.onnx", preprocessing: .preset("cifar10"))
///     let images = try workload.images(of: Dataset.open("test.npz"), needsLabels: true, context: WorkContext())
///
/// The one place that brings model, data and preprocessing together.
public struct Workload: Sendable {
  /// The model as it was read.
  public let source: Model
  /// What messages call it.
  public let name: String
  /// The shape of one image that was given for it; nil where the model says it.
  public let inputShape: [Int]?
  /// The network, with its batch norms apart.
  public let network: Network
  /// What is done to images before the network sees them.
  public let preprocessing: Preprocessing

  /// Brings a model and its preprocessing together.
  ///
  /// - Throws: `NetworkError` where the network cannot be run, or is quantized already.
  public init(source: Model, name: String, inputShape: [Int]? = nil, preprocessing: Preprocessing) throws {
    self.source = source
    self.name = name
    self.inputShape = inputShape
    self.preprocessing = preprocessing
    network = try Self.network(of: source, name: name, inputShape: inputShape)
  }

  /// Reads a model.
  ///
  /// - Parameter preprocessing: nil for the one that the model keeps in its metadata.
  /// - Throws: `ONNXError`, `NetworkError`, or `DatasetError` where no preprocessing is known.
  public init(model path: String, inputShape: [Int]? = nil, preprocessing: Preprocessing? = nil) throws {
    let source = try Model(contentsOf: path)
    guard let preprocessing = preprocessing ?? source.preprocessing else {
      throw DatasetError(
        "\(path): does not say how images are preprocessed; a preset (\(Preprocessing.presetNames.joined(separator: ", ")))"
          + " or the mean and standard deviation of its channels are needed", kind: .usage)
    }
    try self.init(
      source: source, name: URL(fileURLWithPath: path).lastPathComponent, inputShape: inputShape,
      preprocessing: preprocessing)
  }

  /// The network of a model that is not quantized yet.
  ///
  /// - Throws: `NetworkError` naming the first node that rounds.
  public static func network(of model: Model, name: String, inputShape: [Int]? = nil) throws -> Network {
    let rounding: Set = [
      "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv", "ConvInteger",
    ]
    if let node = model.graph.nodes.first(where: { rounding.contains($0.operatorType) }) {
      throw NetworkError.input(
        "\(name): is quantized already (node \"\(node.name)\", operator \(node.operatorType)); the float model is"
          + " needed")
    }
    return try Network(model, name: name, inputShape: inputShape)
  }

  /// Preprocessed images of a data set.
  ///
  /// - Parameter limit: how many at most; nil for all.
  public func images(
    of dataset: Dataset, needsLabels: Bool, limit: Int? = nil, context: WorkContext
  ) throws -> LoadedImages {
    try LoadedImages(
      dataset, network: network, preprocessing: preprocessing, needsLabels: needsLabels, limit: limit,
      context: context)
  }

  /// The network, ready to be quantized.
  ///
  /// - Parameter calibration: images that ranges are found on.
  /// - Complexity: a forward pass over the images.
  public func quantization(
    calibration: LoadedImages, options: QuantizationOptions, context: WorkContext
  ) throws -> PostTrainingQuantization {
    try context.stage("calibration") { progress in
      try PostTrainingQuantization(
        source, name: name, inputShape: inputShape, calibration: calibration.batches, options: options,
        threads: context.threads, progress: progress)
    }
  }
}

extension Model {
  /// The key of the metadata that keeps a preprocessing.
  public static let preprocessingKey = "emq.preprocessing"

  /// The preprocessing that the metadata keep; nil where they keep none.
  public var preprocessing: Preprocessing? {
    metadata.first { $0.key == Self.preprocessingKey }.flatMap {
      try? JSONDecoder().decode(Preprocessing.self, from: Data($0.value.utf8))
    }
  }

  /// Keeps a preprocessing in the metadata, so that nobody has to say it again.
  public mutating func keep(_ preprocessing: Preprocessing) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    metadata.removeAll { $0.key == Self.preprocessingKey }
    metadata.append(
      MetadataEntry(
        key: Self.preprocessingKey, value: String(decoding: try encoder.encode(preprocessing), as: UTF8.self))
    )
  }
}
