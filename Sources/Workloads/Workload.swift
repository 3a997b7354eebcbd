import Datasets
import Foundation
import Foundations
import Network
import ONNX
import Quantization

/// A float network with what is done to its images: what is measured, quantized and compressed.
///
///     let data = try Dataset.open("test.npz")
///     let workload = try Workload(model: "resnet.onnx", preprocessing: .preset("cifar10"))
///     let images = try workload.examples(of: data, needsLabels: true, context: WorkContext())
///
/// The one place that brings model, data and preprocessing together.
public struct Workload: Sendable {
  /// The model as it was read.
  public let source: Model
  /// What messages call it.
  public let name: String
  /// The network, with its batch norms apart.
  public let network: Network
  /// What is done to images before the network sees them; nil for networks that take other things.
  public let preprocessing: Preprocessing?

  /// Brings a model and its preprocessing together.
  ///
  /// - Parameters:
  ///   - source: the model.
  ///   - name: what the network is called.
  ///   - options: what the file does not say of the network.
  ///   - preprocessing: nil where none is known, for data that are no images.
  /// - Throws: `NetworkError` where the network cannot be run, or is quantized already.
  public init(
    source: Model, name: String, options: NetworkOptions = NetworkOptions(), preprocessing: Preprocessing?
  ) throws {
    self.source = source
    self.name = name
    self.preprocessing = preprocessing
    network = try Self.network(of: source, name: name, options: options)
  }

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - path: the model's file.
  ///   - options: what the file does not say of the network.
  ///   - preprocessing: nil for the one that the model keeps in its metadata.
  /// - Throws: `ONNXError` or `NetworkError`.
  public init(
    model path: String, options: NetworkOptions = NetworkOptions(), preprocessing: Preprocessing? = nil
  ) throws {
    let source = try Model(contentsOf: path)
    try self.init(
      source: source, name: URL(fileURLWithPath: path).lastPathComponent, options: options,
      preprocessing: preprocessing ?? source.preprocessing)
  }

  /// The network of a model that is not quantized yet.
  ///
  /// - Throws: `NetworkError` naming the first node that rounds.
  public static func network(
    of model: Model, name: String, options: NetworkOptions = NetworkOptions()
  ) throws -> Network {
    let rounding: Set = [
      "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv", "ConvInteger",
    ]
    if let node = model.graph.nodes.first(where: { rounding.contains($0.operatorType) }) {
      throw NetworkError.input(
        "\(name): is quantized already (node \"\(node.name)\", operator \(node.operatorType)); the float model is"
          + " needed")
    }
    return try Network(model, name: name, options: options)
  }

  /// Examples of a data set as the network takes them.
  ///
  /// - Parameters:
  ///   - dataset: where they are from.
  ///   - needsLabels: whether missing labels are an error.
  ///   - limit: how many at most; nil for all.
  ///   - context: threads, cancellation and progress.
  public func examples(
    of dataset: Dataset, needsLabels: Bool, limit: Int? = nil, context: WorkContext
  ) throws -> LoadedExamples {
    try LoadedExamples(
      dataset, network: network, preprocessing: preprocessing, needsLabels: needsLabels, limit: limit,
      context: context)
  }

  /// The network, ready to be quantized.
  ///
  /// - Parameters:
  ///   - calibration: what ranges are found on.
  ///   - options: how it is quantized.
  ///   - context: threads, cancellation and progress.
  /// - Complexity: a forward pass over the examples.
  public func quantization(
    calibration: LoadedExamples, options: QuantizationOptions, context: WorkContext
  ) throws -> PostTrainingQuantization {
    try context.stage("calibration") { progress in
      try PostTrainingQuantization(
        source, name: name, network: network.options, calibration: calibration.batches, options: options,
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
