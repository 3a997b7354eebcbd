import ArgumentParser
import Datasets
import Foundation
import ONNX
import Workloads

/// What is done to images before the network sees them.
struct PreprocessingOptions: ParsableArguments {
  @Option(help: "The preprocessing of a family: cifar10, imagenet, efficientnet-lite or fashion-mnist.")
  var preset: String?

  @Option(
    help: "The mean of each of the network's channels, such as 0.485,0.456,0.406, or one number for all.")
  var mean: String?

  @Option(help: "The standard deviation of each channel, or one number for all.")
  var std: String?

  @Option(
    help: """
      The scale that --mean and --std are on: 1 where bytes are divided by 255 first (the default), or 255 where they are \
      not. Images of floats are taken as they are.
      """)
  var scale: Int?

  @Option(help: "The order of the network's channels: rgb (the default) or bgr.")
  var channelOrder: Preprocessing.ChannelOrder?

  @Option(help: "The length that images' short side is resized to.")
  var resize: Int?

  @Option(help: "The side of the square cut from the centre.")
  var crop: Int?

  private func numbers(_ text: String, _ option: String) throws -> [Float] {
    let values = text.split(separator: ",").map { Float($0.trimmingCharacters(in: .whitespaces)) }
    guard !values.isEmpty, !values.contains(nil) else {
      throw ValidationError(
        "\(option) '\(text)': numbers joined by commas are needed, such as 0.485,0.456,0.406")
    }
    return values.compactMap { $0 }
  }

  func validate() throws {
    guard let scale else { return }
    guard Preprocessing.Scale(rawValue: scale) != nil else {
      throw ValidationError("--scale is \(scale); 1 or 255 is needed")
    }
    guard mean != nil, std != nil else {
      throw ValidationError("--scale is what --mean and --std are on; all three are needed together")
    }
  }

  /// What is asked for.
  func request() throws -> PreprocessingRequest {
    var request = PreprocessingRequest()
    request.preset = preset
    request.mean = try mean.map { try numbers($0, "--mean") }
    request.std = try std.map { try numbers($0, "--std") }
    request.scale = scale.flatMap(Preprocessing.Scale.init)
    request.channelOrder = channelOrder
    request.resize = resize
    request.crop = crop
    return request
  }

  /// The preprocessing asked for, or else the one that the model's metadata keep.
  func preprocessing(for model: Model?) throws -> Preprocessing {
    try request().preprocessing(for: model)
  }
}

extension Preprocessing.ChannelOrder: ExpressibleByArgument {}
