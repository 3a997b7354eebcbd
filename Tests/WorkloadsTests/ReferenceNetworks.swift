import Datasets
import Foundation
import Network
import ONNX
import TestSupport
import Testing
import Torch

/// A small network of PyTorch's exporters with what ONNX Runtime makes of some examples.
struct ReferenceNetwork: Sendable, CustomTestStringConvertible {
  /// The name of the `.onnx` file.
  let file: String
  /// The name of the `.npz` file.
  let values: String

  var testDescription: String { "\(file) \(values)" }
  var path: String { TestFiles.golden("networks/\(file).onnx") }

  /// All of them, each with the examples there are.
  static let all: [ReferenceNetwork] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: TestFiles.golden("networks"))) ?? []
    return names.filter { $0.hasSuffix(".onnx") }.sorted().flatMap { name -> [ReferenceNetwork] in
      let file = String(name.dropLast(5))
      let base = file.hasSuffix("-dynamo") ? String(file.dropLast(7)) : file
      return [base, "\(base)-short"].filter { names.contains("\($0).npz") }.map {
        ReferenceNetwork(file: file, values: $0)
      }
    }
  }()

  /// Those of three examples.
  static let whole = all.filter { !$0.values.hasSuffix("-short") }

  static func named(_ name: String) -> ReferenceNetwork { ReferenceNetwork(file: name, values: name) }

  /// Arrays by the names of inputs, examples first, and outputs as ONNX Runtime gave them.
  func arrays() throws -> (inputs: [String: NumPyArray], outputs: [String: NumPyArray]) {
    let archive = try NumPyArchive(contentsOf: TestFiles.golden("networks/\(values).npz"))
    func named(_ prefix: String) throws -> [String: NumPyArray] {
      try Dictionary(
        uniqueKeysWithValues: archive.names.filter { $0.hasPrefix(prefix) }.map {
          (String($0.dropFirst(prefix.count)), try archive.array($0))
        })
    }
    return try (named("input."), named("output."))
  }

  /// Writes the inputs as a data set, and opens it.
  ///
  /// - Parameter changing: changes the arrays before they are written.
  func dataset(
    in folder: String, changing: (inout [(name: String, array: NumPyArray)]) throws -> Void = { _ in }
  ) throws -> Dataset {
    let model = try Model(contentsOf: path)
    let first = model.graph.inputs[0].shape?.first
    let inputs = try arrays().inputs
    var written = try model.graph.inputs.map { input -> (name: String, array: NumPyArray) in
      let tensor = try (inputs[input.name] ?? NumPyArray([Float](), shape: [0])).tensor()
      var axis = 0
      if case .named? = first { axis = input.shape?.firstIndex { $0 == first } ?? 0 }
      var order = Array(0..<tensor.rank)
      order.insert(order.remove(at: axis), at: 0)
      return (input.name, try NumPyArray(tensor.permuted(order).contiguous()))
    }
    try changing(&written)
    try NumPyArchive.write(written, to: "\(folder)/d.npz")
    return try Dataset.open("\(folder)/d.npz")
  }

  /// Outputs that are floating-point numbers, one after the other, in the order of a network's.
  func expected(by network: Network) throws -> [Double] {
    let outputs = try arrays().outputs
    let flat = try network.outputs.map { output -> [[Double]] in
      let tensor = try (outputs[output.name] ?? NumPyArray([Float](), shape: [0])).tensor()
      var order = Array(0..<tensor.rank)
      order.insert(order.remove(at: output.batchAxis), at: 0)
      let rows = try tensor.permuted(order).contiguous().reshaped([tensor.shape[output.batchAxis], -1])
      let values = try rows.doubles()
      return (0..<rows.shape[0]).map { Array(values[$0 * rows.shape[1]..<($0 + 1) * rows.shape[1]]) }
    }
    return flat.isEmpty ? [] : flat[0].indices.flatMap { row in flat.flatMap { $0[row] } }
  }
}
