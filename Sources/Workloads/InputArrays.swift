import Datasets
import Network
import ONNX
import Torch

/// Arrays of a data set as the inputs of a network.
struct InputArrays {
  private let dataset: Dataset
  private let network: Network
  /// The name of the array of each input; nil for those of one number.
  private let names: [String?]

  /// Finds an array for each input.
  ///
  /// - Throws: `DatasetError` showing what is held beside what is wanted.
  init(_ dataset: Dataset, network: Network) throws {
    names = try Self.names(
      of: network.inputs.map { ($0.name, "\($0.dataType), \($0.shapeText)") }, in: dataset,
      network: network.name, values: network.options.inputValues)
    self.dataset = dataset
    self.network = network
  }

  /// The name of the array of each input; nil for those of one number.
  ///
  /// - Throws: `DatasetError` showing what is held beside what is wanted.
  static func names(
    of inputs: [(name: String, form: String)], in dataset: Dataset, network: String, values: [String: Double]
  ) throws -> [String?] {
    let known = dataset.arrays?.names ?? []
    return try inputs.map { name, _ in
      if values[name] != nil {
        guard !known.contains(name) else {
          throw DatasetError(
            "\(dataset.path): has an array \(name), for which one value is given, too; either has to go",
            kind: .usage)
        }
        return nil
      }
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
    let known = names.compactMap(\.self)
    guard !known.isEmpty else {
      throw DatasetError(
        "\(dataset.path): gives no input of \(network.name), of which one at least is needed")
    }
    return try dataset.arrayBatches(known, of: size).map { arrays in
      let count = arrays.first?.shape.first ?? 0
      var left = arrays[...]
      let tensors = try zip(network.inputs, names).map { input, name in
        guard name != nil, let array = left.popFirst() else {
          return try constant(for: input, examples: count)
        }
        return try tensor(array, for: input, first: first)
      }
      first += count
      return Inputs(tensors, batchAxes: network.inputs.map(\.batchAxis))
    }
  }

  /// The tensor of an input that has one number everywhere.
  private func constant(for input: NetworkInput, examples count: Int) throws -> Tensor {
    let value = network.options.inputValues[input.name] ?? 0
    let array = NumPyArray([Int64(exactly: value) ?? 0], shape: [1])
    let isWhole = Int64(exactly: value) != nil && array.firstUnfitting(input.dataType) == nil
    guard value.isFinite, input.elementType.isFloatingPoint || isWhole else {
      throw DatasetError(
        "\(network.name): input \(input.name) is given the value \(value), which \(input.dataType) does not hold",
        kind: .usage)
    }
    return try Tensor.full(value, shape: input.shape(examples: count), elementType: input.elementType)
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
    if let bad = array.firstUnfitting(input.dataType) {
      let count = max(1, shape.reduce(1, *))
      throw DatasetError(
        "\(dataset.name(at: first + bad.index / count)), \(input.name): element \(bad.index % count) is \(bad.value); \(network.name)"
          + " takes \(input.dataType), which holds \(bad.held)")
    }
    let tensor = try array.tensor().converted(to: input.elementType)
    guard input.batchAxis > 0 else { return tensor }
    // Examples are counted by another dimension.
    var order = Array(1...max(1, shape.count))
    order.insert(0, at: min(input.batchAxis, order.count))
    return try tensor.permuted(order).contiguous()
  }
}
