import Datasets
import Network
import ONNX

extension NetworkOptions {
  /// The same with what data say of a network: open sizes, and whether its outputs are classes.
  ///
  /// Outputs of networks that take other things than images are classes where the data have labels, or where the output's
  /// name or its operator says so. Labels for several positions of each example make them classes of these where they fit.
  ///
  /// - Throws: `DatasetError` naming the input that the data have no array for, or one of another shape.
  public func completed(for model: Model, name: String, by dataset: Dataset?) throws -> NetworkOptions {
    guard let dataset else { return self }
    guard let arrays = dataset.arrays else {
      guard model.graph.inputs.count > 1 else { return self }
      throw DatasetError(
        "\(dataset.path): holds images, but \(name) takes \(model.graph.inputText); an .npz file with an array for"
          + " each is needed")
    }
    _ = try InputArrays.names(
      of: model.graph.inputs.map { ($0.name, model.graph.form(of: $0)) }, in: dataset, network: name,
      values: inputValues)
    var result = self
    let shapes = arrays.exampleShapes
    var named = inputShapes?.named ?? [:]
    for input in model.graph.inputs {
      let only = model.graph.inputs.count == 1 ? inputShapes?.only ?? shapes[ExampleArrays.nameless] : nil
      named[input.name] = named[input.name] ?? only ?? shapes[input.name]
    }
    // What does not fit the file is said of the data, not of these.
    let fitting = named.filter { name, shape in
      guard inputShapes == nil, let input = model.graph.inputs.first(where: { $0.name == name }) else {
        return inputShapes != nil
      }
      guard let sizes = model.graph.exampleSizes(of: input) else { return true }
      return sizes.count == shape.count
        && zip(sizes, shape).allSatisfy { $0 == .fixed($1) || (!$0.isFixed && $1 > 0) }
    }
    for input in model.graph.inputs
    where fitting[input.name] == nil && inputValues[input.name] == nil
      && model.graph.exampleSizes(of: input)?.allSatisfy(\.isFixed) != true
    {
      throw DatasetError(
        "\(dataset.path), \(input.name): has another shape, \(named[input.name] ?? []) an example; \(name) takes"
          + " \(model.graph.inputText)")
    }
    result.inputShapes = InputShapes(named: fitting)
    if objective != .values { result.labelShape = labelShape ?? dataset.positionLabelShape }
    if objective == nil {
      let name = (outputs?.first ?? model.graph.outputs.first?.name ?? "").lowercased()
      let saysClasses = ["logit", "prob", "class"].contains { name.contains($0) }
      let producer = model.graph.nodes.last {
        $0.outputs.contains(outputs?.first ?? model.graph.outputs.first?.name ?? "")
      }
      if dataset.labels == nil, !saysClasses, producer?.operatorType != "Softmax" {
        result.objective = .values
      }
    }
    return result
  }
}

extension Graph {
  /// Names, types and shapes of inputs, as messages show them.
  fileprivate var inputText: String {
    inputs.map { "\($0.name) (\(form(of: $0)))" }.joined(separator: ", ")
  }

  /// The type of an input and the shape of one example, as messages show them.
  fileprivate func form(of input: ValueInfo) -> String {
    let type = input.dataType.map { "\($0)" } ?? "numbers"
    return type + (exampleSizes(of: input).map { ", \(NetworkInput.text($0))" } ?? "")
  }

  /// The sizes of one example of an input; nil where they are not known.
  fileprivate func exampleSizes(of input: ValueInfo) -> [Dimension]? {
    input.shape.map { shape in
      let axis = NetworkInput.batchAxis(of: input, in: self)
      return shape.indices.filter { $0 != axis }.map { shape[$0] }
    }
  }
}

extension Dimension {
  fileprivate var isFixed: Bool {
    if case .fixed = self { return true }
    return false
  }
}
