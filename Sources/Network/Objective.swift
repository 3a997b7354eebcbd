import Foundations
import ONNX
import Torch

/// What a network's outputs say, which decides how two of them are compared.
public enum Objective: String, Sendable, CaseIterable, Codable {
  /// The first output has a number for each class, of an example or of each of its positions: what a softmax makes of them
  /// is compared.
  case classes
  /// Outputs are numbers, such as embeddings, boxes or pixels: their errors are compared.
  case values
}

/// One of a network's outputs, among the columns of what the network gives.
public struct NetworkOutput: Sendable, Equatable {
  /// Its name in the graph.
  public let name: String
  /// The shape of one example's, with inputs of the shapes at hand.
  public let shape: [Int]
  /// The dimension that counts examples.
  public let batchAxis: Int

  /// The numbers that it has for an example.
  public var count: Int { shape.reduce(1, *) }
}

extension Network {
  /// Finds out which outputs count, and what they look like, on a run of blank examples.
  ///
  /// - Throws: ``NetworkError`` where they are not what the task needs.
  mutating func findOutputs(_ task: NetworkOptions, in graph: Graph) throws {
    let wanted = try task.outputs.map { names in
      guard !names.isEmpty else {
        throw NetworkError.input(
          "\(self.name): no output is named; its outputs are \(graph.outputs.map(\.name).joined(separator: ", "))"
        )
      }
      return try names.map { name in
        guard let found = graph.outputs.first(where: { $0.name == name }) else {
          throw NetworkError.input(
            "\(self.name): has no output \(name); its outputs are \(graph.outputs.map(\.name).joined(separator: ", "))"
          )
        }
        return found
      }
    }
    let infos = wanted ?? graph.outputs
    let indices = infos.map { valueIndices[$0.name] }
    let count = batch.isOpen ? 2 : batch.least
    var isKept = constants.map { _ in false }
    for index in indices.compactMap({ $0 }) { isKept[index] = true }
    let seen = try blankValues(batch: count, keeping: isKept)
    func tensor(_ index: Int?) -> Tensor? { index.flatMap { seen[$0] } }
    guard let first = tensor(indices[0]) else {
      throw NetworkError.graph("\(name): the output \(infos[0].name) was never computed")
    }
    let axis = Self.classAxis(of: first, examples: count, task: task)
    let isOne = (wanted?.count ?? 1) == 1
    let hasLabels = axis != nil && first.rank > 2 && isOne && task.labelShape != nil
    objective = hasLabels ? .classes : task.objective ?? (axis != nil && isOne ? .classes : .values)
    switch objective {
    case .classes:
      guard isOne else {
        throw NetworkError.input("\(name): classes are those of one output; \(infos.count) are named")
      }
      guard let axis, first.count > 0 else {
        let labels = task.labelShape.map { ", with labels of shape \($0) an example" } ?? ""
        throw NetworkError.graph(
          "\(name): output \(infos[0].name) has shape \(first.shape)\(labels); logits [batch, classes], or [batch, tokens,"
            + " classes] and [batch, classes, height, width] with a label for each token or pixel, are needed"
        )
      }
      classAxis = axis
      classCount = first.shape[axis]
      outputIndices = [indices[0] ?? 0]
      outputs = [NetworkOutput(name: infos[0].name, shape: Array(first.shape.dropFirst()), batchAxis: 0)]
    case .values:
      for (info, index) in zip(infos, indices) {
        guard let index, let tensor = seen[index], tensor.elementType.isFloatingPoint else { continue }
        let batchName = graph.inputs[0].shape?.first
        var axis = tensor.shape.first == count ? 0 : tensor.shape.firstIndex(of: count) ?? 0
        if case .named? = batchName, let found = info.shape?.firstIndex(of: batchName ?? .unknown),
          tensor.rank > found, tensor.shape[found] == count
        {
          axis = found
        }
        guard tensor.rank > axis, tensor.shape[axis] == count, tensor.count > 0 else {
          throw NetworkError.graph(
            "\(name): output \(info.name) has shape \(tensor.shape) for \(count) examples, of which no dimension"
              + " counts these; --output-name names those that count")
        }
        outputIndices.append(index)
        var shape = tensor.shape
        shape.remove(at: axis)
        outputs.append(NetworkOutput(name: info.name, shape: shape, batchAxis: axis))
      }
      guard !outputs.isEmpty else {
        throw NetworkError.graph("\(name): has no output of floating-point numbers")
      }
      classCount = 0
    }
  }

  /// One tensor [N, numbers] for what outputs are, their numbers one after the other.
  func joinedOutput(_ values: [Tensor]) throws -> Tensor {
    if objective == .classes, let only = values.first { return try classesLast(only) }
    let flat = try zip(values, outputs).map { value, output in
      var order = Array(0..<value.rank)
      order.remove(at: output.batchAxis)
      let first = output.batchAxis == 0 ? value : try value.permuted([output.batchAxis] + order)
      return try first.contiguous().reshaped([value.shape[output.batchAxis], -1])
        .converted(to: elementType)
    }
    return flat.count == 1 ? flat[0] : try Tensor.concatenated(flat, dimension: 1)
  }
}
