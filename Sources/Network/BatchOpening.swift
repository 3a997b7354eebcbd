import Foundations
import ONNX
import Torch

extension Network {
  /// Images that an opened network is compared on, in batches of the file's.
  private static let comparedBatches = 3

  /// The network with an open batch in place of a fixed one, input and output shapes and all.
  ///
  /// Reshapes to constant sizes leave their first one open. Whether that was the batch is seen by running it: the
  /// logits of many images have to be those of each batch of them.
  ///
  /// - Returns: nil where the graph does not allow it.
  func openingBatch() throws -> Network? {
    guard case .fixed(let size) = batch else { return self }
    var model = source
    let seen = try blankValues(batch: size, keeping: constants.map { $0 == nil })
    model.graph.openBatch(of: size) { name in valueIndices[name].flatMap { seen[$0] }?.shape }
    let images = try comparedImages(batches: Self.comparedBatches)
    let expected = try images.map { try logits($0).doubles() }.flatMap { $0 }
    do {
      let opened = try Network(model, name: name, options: options, batch: .opened)
      let found = try opened.logits(Inputs.concatenated(images)).doubles()
      return areEqual(found, expected) ? opened : nil
    } catch is NetworkError {
      return nil
    }
  }

  /// The network itself, after it has been seen to run on more images than its batch has.
  ///
  /// - Throws: ``NetworkError`` where it cannot.
  func requiringImagesOneByOne() throws -> Network {
    let images = try comparedImages(batches: Self.comparedBatches)
    let expected = try images.map { try logits($0).doubles() }.flatMap { $0 }
    let found = try? logits(Inputs.concatenated(images)).doubles()
    guard batch.least == 1, let found, areEqual(found, expected) else {
      throw NetworkError.graph(
        "\(name): its batch is fixed at \(batch.least) and cannot be opened; a model with an open batch is needed"
      )
    }
    return self
  }

  private func comparedImages(batches: Int) throws -> [Inputs] {
    try (0..<batches).map { index in
      var stream = RandomStream(seed: 1, purpose: "batch", index: UInt64(index))
      return Inputs(
        try inputs.map { input in
          let shape = input.shape(examples: batch.least)
          let values = (0..<shape.reduce(1, *)).map { _ in Float(2 * stream.uniform() - 1) }
          let tensor = try Tensor(values, shape: shape)
          // Integers that any vocabulary has.
          return try input.elementType.isFloatingPoint
            ? tensor : tensor.applying("ceil").converted(to: input.elementType)
        }, batchAxes: inputs.map(\.batchAxis))
    }
  }

  /// Whether logits differ by rounding alone, which is little beside how images differ.
  private func areEqual(_ found: [Double], _ expected: [Double]) -> Bool {
    let scale = expected.map(abs).max() ?? 0
    guard found.count == expected.count, scale.isFinite else { return false }
    let count = outputs.reduce(0) { $0 + $1.count }
    let spread =
      (0..<count).map { label in
        let own = stride(from: label, to: expected.count, by: count).map { expected[$0] }
        return (own.max() ?? 0) - (own.min() ?? 0)
      }.max() ?? 0
    return zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-3 * spread + 1e-5 * scale }
  }
}

extension Graph {
  /// Leaves the batch open in the shapes of inputs, outputs and values, and in reshapes to constant sizes.
  ///
  /// - Parameters:
  ///   - size: what the batch is fixed at.
  ///   - seen: the shape that a computed value has; nil for constants.
  fileprivate mutating func openBatch(of size: Int, seen: (String) -> [Int]?) {
    let name = unusedDimensionName()
    func opened(_ info: ValueInfo) -> ValueInfo {
      var info = info
      if info.shape?.first == .fixed(size) { info.shape?[0] = .named(name) }
      return info
    }
    inputs = inputs.map(opened)
    outputs = outputs.map(opened)
    // What is known of a value whose first size is not the batch alone does not hold any more.
    valueInfos = valueInfos.map(opened).filter { info in
      if case .fixed? = info.shape?.first, seen(info.name) != nil { return false }
      return true
    }
    for index in nodes.indices where nodes[index].operatorType == "Reshape" && nodes[index].inputs.count > 1 {
      let node = nodes[index]
      guard let sizes = try? initializers[node.inputs[1]]?.integers(), let first = sizes.first, first > 0,
        let before = seen(node.inputs[0]), let after = seen(node.outputs[0]),
        (try? node.integer("allowzero")) ?? 0 == 0
      else { continue }
      let target: [Int]
      if !sizes.dropFirst().contains(-1) {
        target = [-1] + sizes.dropFirst()
      } else if first == size, before.first == size {
        // 0 stands for the size that comes in.
        target = [0] + sizes.dropFirst()
      } else {
        target = [-1] + after.dropFirst()
      }
      let shape = uniqueValueName("\(node.inputs[1])_open")
      initializers[shape] = TensorValue(target.map { Int64($0) }, shape: [target.count])
      nodes[index].inputs[1] = shape
    }
    removeUnusedInitializers()
  }

  /// `batch`, or a name like it that no other dimension has.
  private func unusedDimensionName() -> String {
    let taken = (inputs + outputs + valueInfos).flatMap { $0.shape ?? [] }
    var name = "batch"
    while taken.contains(.named(name)) { name += "_" }
    return name
  }
}
