import Foundation
import Foundations
import Network
import Torch

/// Batches of examples as a network takes them, in a file, so that who reads it needs neither images nor preprocessing.
///
/// Each tensor is one of the file, called by the numbers of its batch and input; labels are a tensor of their own.
package struct ExamplesFile {
  /// Batches in their order.
  package let batches: [Inputs]
  /// The class of each example, or of each of its positions; empty where there are none.
  package let labels: [Int]
  /// Whether images lie in memory with their channels next to each other, which sums may depend on in the last digit.
  package let areChannelsLast: Bool

  /// Makes a file's content.
  package init(batches: [Inputs], labels: [Int], areChannelsLast: Bool) {
    self.batches = batches
    self.labels = labels
    self.areChannelsLast = areChannelsLast
  }

  private static let channelsLast = "channels last"

  /// The bytes of the file.
  package func data() throws -> Data {
    var tensors: [(name: String, tensor: Tensor)] = []
    for (number, batch) in batches.enumerated() {
      for (input, tensor) in batch.tensors.enumerated() {
        tensors.append(("\(number).\(input)", try tensor.contiguous()))
      }
      if let ignored = batch.ignored { tensors.append(("\(number).ignored", ignored)) }
    }
    tensors.append(("labels", try Tensor(labels.map { Int64($0) }, shape: [labels.count])))
    let axes = (batches.first?.batchAxes ?? []).map(String.init).joined(separator: ",")
    let metadata = ["batch_axes": axes, "layout": areChannelsLast ? Self.channelsLast : "rows"]
    return try TemporaryFolder.with { folder in
      let path = "\(folder)/examples.safetensors"
      try SafetensorsFile(tensors: tensors, metadata: metadata).write(to: path)
      return try Data(AtomicFile.read(path))
    }
  }

  /// Reads a file.
  ///
  /// - Throws: `FileError` where it holds something else.
  package init(contentsOf path: String) throws {
    let file = try SafetensorsFile(contentsOf: path)
    func damaged() -> FileError { FileError(.data, "\(path): holds no examples of a benchmark") }
    let axes = (file.metadata["batch_axes"] ?? "").split(separator: ",").compactMap { Int($0) }
    guard let labels = file["labels"], !axes.isEmpty else { throw damaged() }
    let areChannelsLast = file.metadata["layout"] == Self.channelsLast
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in file.tensors { tensors[name] = tensor }
    var batches: [Inputs] = []
    while tensors["\(batches.count).0"] != nil {
      let inputs = try axes.indices.map { input in
        guard let tensor = tensors["\(batches.count).\(input)"] else { throw damaged() }
        return areChannelsLast ? try tensor.channelsLast() : tensor
      }
      let batch = Inputs(inputs, batchAxes: axes)
      let ignored = try tensors["\(batches.count).ignored"]?.converted(to: .int64).integers()
      batches.append(
        try ignored.map { try batch.ignoring($0.map { $0 == 0 ? 0 : Inputs.ignoredLabel }) } ?? batch)
    }
    self.init(
      batches: batches, labels: try labels.integers().map { Int($0) }, areChannelsLast: areChannelsLast)
  }
}
