import ArgumentParser
import Foundation
import Network
import ONNX
import Workloads

/// The network that a command works on.
struct ModelOptions: ParsableArguments {
  @Argument(help: "The ONNX model.")
  var model: String

  @Option(help: "The input's shape, such as 3x224x224, for models that leave it open.")
  var inputShape: String?

  var name: String { URL(fileURLWithPath: model).lastPathComponent }

  func shape() throws -> [Int]? { try inputShape.map(imageShape) }

  func network(of model: Model) throws -> Network { try Network(model, name: name, inputShape: shape()) }

  /// The network of a model that is not quantized yet.
  func floatNetwork() throws -> Network {
    try Workload.network(of: Model(contentsOf: model), name: name, inputShape: shape())
  }

  /// The model with what is done to its images.
  func workload(_ preprocessing: PreprocessingOptions) throws -> Workload {
    let source = try Model(contentsOf: model)
    return try Workload(
      source: source, name: name, inputShape: shape(), preprocessing: preprocessing.preprocessing(for: source)
    )
  }
}

/// Reads the shape of an image, such as `3x224x224`.
func imageShape(_ text: String) throws -> [Int] {
  let sizes = text.split(separator: "x").map { Int($0) }
  guard sizes.count >= 1, !sizes.contains(nil), sizes.allSatisfy({ ($0 ?? 0) > 0 }) else {
    throw ValidationError("--input-shape '\(text)': sizes joined by x are needed, such as 3x224x224")
  }
  return sizes.compactMap { $0 }
}
