import ArgumentParser
import BitModel
import Datasets
import Foundation
import Foundations
import Network
import ONNX
import Reports
import Torch
import Workloads

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json
}

/// Options that every command has.
struct CommonOptions: ParsableArguments {
  @Option(help: "How to print results: table or json.")
  var format: OutputFormat = .table

  @OptionGroup var work: WorkOptions

  var seed: UInt64 { work.seed }
  var threads: Int { work.threads }

  var context: WorkContext { work.context }

  /// Prints a report in the form asked for.
  func print(_ report: some Report) throws {
    switch format {
    case .table: Console.output(report.text)
    case .json: Console.output(try JSONText.encode(report))
    }
  }
}

/// Options of how a command works, beside how it prints.
struct WorkOptions: ParsableArguments {
  @Option(help: "The seed of everything random.")
  var seed: UInt64 = 1

  @Option(help: "Threads to compute with; results do not depend on it.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Flag(name: [.short, .long], help: "Say on standard error what is being done.")
  var verbose = false

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); 1 or more is needed") }
  }

  /// Progress on standard error, notices after the program's name, and Ctrl-C.
  var context: WorkContext {
    let isVerbose = verbose
    return WorkContext(
      threads: threads, isCancelled: { Interruption.isRequested }, begin: Console.stage,
      notify: { Console.error("emq: \($0)") }, explain: { if isVerbose { Console.error("emq: \($0)") } })
  }
}

/// The network that a command works on.
struct ModelOptions: ParsableArguments {
  @Argument(help: "The ONNX model.")
  var model: String

  @Option(help: "The input's shape, such as 3x224x224, for models that leave it open.")
  var inputShape: String?

  var name: String { URL(fileURLWithPath: model).lastPathComponent }

  func shape() throws -> [Int]? {
    guard let inputShape else { return nil }
    let sizes = inputShape.split(separator: "x").map { Int($0) }
    guard sizes.count >= 1, !sizes.contains(nil), sizes.allSatisfy({ ($0 ?? 0) > 0 }) else {
      throw ValidationError("--input-shape '\(inputShape)': sizes joined by x are needed, such as 3x224x224")
    }
    return sizes.compactMap { $0 }
  }

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

  /// The preprocessing asked for, or else the one that the model's metadata names.
  func preprocessing(for model: Model?) throws -> Preprocessing {
    var result: Preprocessing
    if let preset {
      result = try Preprocessing.preset(preset)
    } else if let mean, let std {
      result = try Preprocessing(
        mean: numbers(mean, "--mean"), std: numbers(std, "--std"), channelOrder: channelOrder ?? .rgb)
    } else if let kept = model?.preprocessing {
      result = kept
    } else {
      throw DatasetError(
        "it is not known how images are preprocessed; --preset \(Preprocessing.presetNames.joined(separator: "|"))"
          + " or --mean and --std say it", kind: .usage)
    }
    // Means of a family are of its colours; those given here are in the network's order.
    result = result.reordered(channelOrder ?? result.channelOrder)
    if let mean { result.mean = try numbers(mean, "--mean") }
    if let std { result.std = try numbers(std, "--std") }
    return try Preprocessing(
      mean: result.mean, std: result.std, resize: resize ?? result.resize, crop: crop ?? result.crop,
      scale: scale.flatMap(Preprocessing.Scale.init) ?? result.scale, channelOrder: result.channelOrder
    ).spread(overChannels: Self.channelCount(of: model) ?? 1)
  }

  /// The channels that a model's images have, where it says so.
  private static func channelCount(of model: Model?) -> Int? {
    guard let shape = model?.graph.inputs.first?.shape, shape.count == 4, case .fixed(let count) = shape[1]
    else { return nil }
    return count
  }
}

extension Preprocessing.ChannelOrder: ExpressibleByArgument {}

/// Reads whole numbers joined by commas.
func integerList(_ text: String, option: String) throws -> [Int] {
  let values = text.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
  guard !values.isEmpty, !values.contains(nil) else {
    throw ValidationError("\(option) '\(text)': whole numbers joined by commas are needed, such as 2,3,4")
  }
  return values.compactMap { $0 }
}

/// Reads bits of 2 to 8 joined by commas.
func bitList(_ text: String, option: String) throws -> [Int] {
  let bits = try integerList(text, option: option)
  if let bad = bits.first(where: { !BitConfiguration.supportedBits.contains($0) }) {
    throw ValidationError("\(option): \(bad) bits are not possible; 2 to 8 are")
  }
  return bits
}
