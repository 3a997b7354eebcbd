import Datasets
import Network
import ONNX

extension NetworkOptions {
  /// The same with what data say of a network: open sizes, and whether its outputs are classes.
  ///
  /// Outputs of networks that take other things than images are classes where the data have labels, or where the output's
  /// name or its operator says so.
  /// - Throws: `DatasetError` naming the input that the data have no array for.
  public func completed(for model: Model, name: String, by dataset: Dataset?) throws -> NetworkOptions {
    guard let dataset, let arrays = dataset.arrays else { return self }
    _ = try InputArrays.names(
      of: model.graph.inputs.map { input in
        let type = input.dataType.map { "\($0)" } ?? "numbers"
        let sizes = input.shape.map { ", \(NetworkInput.text(Array($0.dropFirst())))" } ?? ""
        return (input.name, type + sizes)
      }, in: dataset, network: name)
    var result = self
    let shapes = arrays.exampleShapes
    var named = inputShapes?.named ?? [:]
    for input in model.graph.inputs {
      let only = model.graph.inputs.count == 1 ? inputShapes?.only ?? shapes[ExampleArrays.nameless] : nil
      named[input.name] = named[input.name] ?? only ?? shapes[input.name]
    }
    // What does not fit the file is said of the data, not of these.
    let fitting = named.filter { name, shape in
      guard let known = model.graph.inputs.first(where: { $0.name == name })?.shape,
        known.count == shape.count + 1
      else {
        return inputShapes != nil
      }
      return zip(known.dropFirst(), shape).allSatisfy { $0 == .fixed($1) || !$0.isFixed }
        || inputShapes != nil
    }
    result.inputShapes = InputShapes(named: fitting)
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

extension Dimension {
  fileprivate var isFixed: Bool {
    if case .fixed = self { return true }
    return false
  }
}
