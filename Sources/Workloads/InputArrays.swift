import Datasets
import Network
import ONNX
import Torch

/// Arrays of a data set as the inputs of a network.
struct InputArrays {
  private let dataset: Dataset
  private let network: Network
  /// The array of each input, by name.
  private let names: [String]

  /// Finds an array for each input.
  ///
  /// - Throws: `DatasetError` showing what is held beside what is wanted.
  init(_ dataset: Dataset, network: Network) throws {
    names = try Self.names(
      of: network.inputs.map { ($0.name, "\($0.dataType), \($0.shapeText)") }, in: dataset,
      network: network.name)
    self.dataset = dataset
    self.network = network
  }

  /// The name of the array of each input.
  ///
  /// - Throws: `DatasetError` showing what is held beside what is wanted.
  static func names(
    of inputs: [(name: String, form: String)], in dataset: Dataset, network: String
  ) throws -> [String] {
    let known = dataset.arrays?.names ?? []
    return try inputs.map { name, _ in
      if known.contains(name) { return name }
      if inputs.count == 1, known.contains(ExampleArrays.nameless) { return ExampleArrays.nameless }
      if let other = dataset.arrays?.others[name] {
        throw DatasetError(
          "\(dataset.path): the array \(name) has \(other.shape.first ?? 0) rows, but other arrays"
            + " \(dataset.arrays?.count ?? 0); each needs one for each example")
      }
      let wanted = inputs.map { "\($0.name) (\($0.form))" }.joined(separator: ", ")
      throw DatasetError(
        "\(dataset.path): has no array \(name); \(network) takes \(wanted), the data has"
          + " \(dataset.arrays?.text ?? "images")")
    }
  }

  /// Inputs in batches of one shape.
  ///
  /// - Throws: `DatasetError` naming the array whose shape or type does not fit.
  func batches(of size: Int) throws -> [Inputs] {
    var first = 0
    return try dataset.arrayBatches(names, of: size).map { arrays in
      let tensors = try zip(network.inputs, arrays).map { input, array in
        try tensor(array, for: input, first: first)
      }
      first += arrays.first?.shape.first ?? 0
      return Inputs(tensors, batchAxes: network.inputs.map(\.batchAxis))
    }
  }

  /// - Parameter first: the position of the first example.
  private func tensor(_ array: NumPyArray, for input: NetworkInput, first: Int) throws -> Tensor {
    let shape = Array(array.shape.dropFirst())
    func wrong(_ reason: String) -> DatasetError {
      DatasetError(
        "\(dataset.path), \(input.name): \(reason); \(network.name) takes \(input.dataType) of shape"
          + " \(input.shapeText) an example, the array holds \(array.type.name) of \(shape)")
    }
    guard shape.count == input.shape.count,
      zip(shape, input.shape).enumerated().allSatisfy({ index, sizes in
        sizes.0 == sizes.1 || (input.openSizes[index] != nil && sizes.0 > 0)
      })
    else { throw wrong("has another shape") }
    guard input.elementType.isFloatingPoint || !array.type.isFloatingPoint else {
      throw wrong("has numbers of another type")
    }
    if let floats = array.floats, let bad = floats.firstIndex(where: { !$0.isFinite }) {
      let count = max(1, shape.reduce(1, *))
      throw DatasetError(
        "\(dataset.name(at: first + bad / count)), \(input.name): element \(bad % count) is \(floats[bad]); finite numbers"
          + " are needed")
    }
    let tensor = try array.tensor().converted(to: input.elementType)
    guard input.batchAxis > 0 else { return tensor }
    // Examples are counted by another dimension.
    var order = Array(1...max(1, shape.count))
    order.insert(0, at: min(input.batchAxis, order.count))
    return try tensor.permuted(order).contiguous()
  }
}
