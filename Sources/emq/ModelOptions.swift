import ArgumentParser
import Datasets
import Foundation
import Network
import ONNX
import Workloads

/// The network that a command works on.
struct ModelOptions: ParsableArguments {
  @Argument(help: "The ONNX model.")
  var model: String

  @Option(
    help: """
      An example's shape, such as 3x224x224, or of several inputs ids=64,mask=64, for models that leave it open and data \
      that do not say it.
      """)
  var inputShape: String?

  @Option(
    help: ArgumentHelp(
      "One number for all elements of an input that the data lack, such as state=0; may be repeated.",
      valueName: "input=number"))
  var inputValue: [String] = []

  @Option(
    help: """
      What outputs say: classes or values; where not given, classes if the output is [batch, classes] of images or of \
      labelled data, or has the positions of their labels.
      """)
  var task: Objective?

  @Option(help: "The outputs that count, joined by commas; the first one of classes, all of values.")
  var outputName: String?

  var name: String { URL(fileURLWithPath: model).lastPathComponent }

  /// What the file does not say.
  func options(for source: Model, data: Dataset? = nil) throws -> NetworkOptions {
    let shapes = try inputShape.map(inputShapes)
    if shapes?.only != nil, source.graph.inputs.count > 1, let input = source.graph.inputs.first {
      throw ValidationError(
        "--input-shape is one shape, but \(name) has \(source.graph.inputs.count) inputs; their names are needed, such as"
          + " \(input.name)=64")
    }
    return try NetworkOptions(
      inputShapes: shapes, inputValues: inputValues(), objective: task,
      outputs: outputName.map { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } }
    ).completed(for: source, name: name, by: data)
  }

  private func inputValues() throws -> [String: Double] {
    try inputValue.reduce(into: [:]) { values, text in
      guard let mark = text.lastIndex(of: "="), let value = Double(text[text.index(after: mark)...]),
        value.isFinite
      else {
        throw ValidationError(
          "--input-value '\(text)': an input's name and a number are needed, such as state=0")
      }
      values[String(text[..<mark])] = value
    }
  }

  func network(of source: Model, data: Dataset? = nil) throws -> Network {
    try Network(source, name: name, options: options(for: source, data: data))
  }

  /// The network of a model that is not quantized yet.
  func floatNetwork() throws -> Network {
    let source = try Model(contentsOf: model)
    return try Workload.network(of: source, name: name, options: options(for: source))
  }

  /// The model with what is done to its images.
  ///
  /// - Parameter data: examples that say what the file leaves open.
  func workload(_ preprocessing: PreprocessingOptions, data: Dataset) throws -> Workload {
    let source = try Model(contentsOf: model)
    return try Workload(
      source: source, name: name, options: options(for: source, data: data),
      preprocessing: data.arrays == nil ? preprocessing.preprocessing(for: source) : nil)
  }
}

/// Reads shapes of examples, such as `3x224x224`, or `ids=64,mask=64` of inputs by name.
func inputShapes(_ text: String) throws -> InputShapes {
  func sizes(_ text: some StringProtocol) throws -> [Int] {
    let sizes = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard !sizes.contains(where: { $0.map { $0 <= 0 } ?? true }) else {
      throw ValidationError(
        "--input-shape '\(text)': sizes joined by x are needed, such as 3x224x224, or ids=64,mask=64 of several inputs"
      )
    }
    return sizes.compactMap { $0 }
  }
  guard text.contains("=") else { return InputShapes(try sizes(text)) }
  var named: [String: [Int]] = [:]
  for part in text.split(separator: ",") {
    let parts = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw ValidationError("--input-shape '\(text)': names and shapes are needed, such as ids=64,mask=64")
    }
    named[parts[0].trimmingCharacters(in: .whitespaces)] = try sizes(parts[1])
  }
  return InputShapes(named: named)
}

extension Objective: ExpressibleByArgument {}
