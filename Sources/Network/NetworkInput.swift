import ONNX
import Torch

/// One of a network's inputs.
public struct NetworkInput: Sendable, Equatable {
  /// Its name in the graph.
  public let name: String
  /// The type of its numbers in the file.
  public let dataType: DataType
  /// The type of the tensors that are given for it.
  public let elementType: ElementType
  /// The shape of one example, in which sizes that the file leaves open have those of the examples at hand.
  public let shape: [Int]
  /// Which sizes of ``shape`` the file leaves open, by their name, which may be empty.
  public let openSizes: [Int: String]
  /// The dimension that counts examples.
  public let batchAxis: Int

  /// The shape of a tensor of some examples.
  public func shape(examples count: Int) -> [Int] {
    var result = shape
    result.insert(count, at: min(batchAxis, result.count))
    return result
  }

  /// The shape of one example, as messages show it; open sizes by their names.
  public var shapeText: String {
    let parts = shape.enumerated().map { index, size in
      openSizes[index].map { $0.isEmpty ? "?" : $0 } ?? String(size)
    }
    return "[\(parts.joined(separator: ", "))]"
  }

  /// The same with other open sizes: those of one name become the same.
  func scaled(by factor: (Int) -> Int) -> NetworkInput {
    var shape = shape
    for axis in openSizes.keys { shape[axis] = factor(shape[axis]) }
    return NetworkInput(
      name: name, dataType: dataType, elementType: elementType, shape: shape, openSizes: openSizes,
      batchAxis: batchAxis)
  }
}

extension Network {
  /// Names and shapes of what a network of open sizes was given, as messages show them; nothing where sizes are fixed.
  func givenText(_ tensors: [Tensor]) -> String {
    guard inputs.contains(where: { !$0.openSizes.isEmpty }) else { return "" }
    return " (given \(zip(inputs, tensors).map { "\($0.name) \($1.shape)" }.joined(separator: ", ")))"
  }

  /// The shape of one example of each input.
  public var shapesOfInputs: InputShapes {
    InputShapes(named: Dictionary(inputs.map { ($0.name, $0.shape) }) { first, _ in first })
  }
}

/// The shape of one example of each input, for networks whose files leave sizes open.
public struct InputShapes: Sendable, Equatable, Codable, ExpressibleByArrayLiteral {
  /// By the input's name.
  public var named: [String: [Int]]
  /// Of the only input.
  public var only: [Int]?

  /// Shapes of inputs by their names.
  public init(named: [String: [Int]]) { self.named = named }

  /// The shape of the only input.
  public init(_ only: [Int]) { (named, self.only) = ([:], only) }

  /// The shape of the only input.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// Shapes by name, that of the only input under "".
  package var byName: [String: [Int]] { only.map { named.merging(["": $0]) { first, _ in first } } ?? named }

  func shape(of name: String, isOnly: Bool) -> [Int]? { named[name] ?? (isOnly ? only : nil) }
}

extension NetworkInput {
  /// The inputs of a graph.
  ///
  /// Examples are counted by the dimension that has the name of the first input's first one, else by the first.
  ///
  /// - Throws: ``NetworkError`` naming the input whose shape is not known, or whose type is not one of numbers.
  static func inputs(
    of graph: Graph, given: InputShapes?, values: [String: Double] = [:], name: String
  ) throws -> [NetworkInput] {
    guard !graph.inputs.isEmpty else {
      throw NetworkError.graph("\(name): has no inputs; one at least is needed")
    }
    let named = (given?.named.keys.sorted() ?? []) + values.keys.sorted()
    if let wrong = named.first(where: { key in !graph.inputs.contains { $0.name == key } }) {
      throw NetworkError.input(
        "\(name): has no input \(wrong); its inputs are \(graph.inputs.map(\.name).joined(separator: ", "))")
    }
    return try graph.inputs.map { input in
      let dataType = input.dataType ?? .float
      guard let elementType = dataType.elementType else {
        throw NetworkError.graph(
          "\(name): input \(input.name) is of type \(dataType); numbers or truth values are needed")
      }
      let own = given?.shape(of: input.name, isOnly: graph.inputs.count == 1)
      let axis = batchAxis(of: input, in: graph)
      guard let dimensions = input.shape, dimensions.count > axis else {
        guard let own, input.shape == nil else {
          throw NetworkError.graph(
            "\(name): input \(input.name) has \(input.shape == nil ? "no shape" : "no dimension that counts examples");"
              + " one example's, such as 3x224x224, has to be given")
        }
        return NetworkInput(
          name: input.name, dataType: dataType, elementType: elementType, shape: own,
          openSizes: Dictionary(uniqueKeysWithValues: own.indices.map { ($0, "") }), batchAxis: 0)
      }
      let sizes = dimensions.enumerated().filter { $0.offset != axis }.map(\.element)
      return try NetworkInput(
        input, sizes: sizes, own: own, elementType: elementType, batchAxis: axis, network: name)
    }
  }

  /// The dimension of an input that counts examples: that of the name of the first input's first one, else the first.
  package static func batchAxis(of input: ValueInfo, in graph: Graph) -> Int {
    guard let first = graph.inputs.first?.shape?.first, case .named = first else { return 0 }
    return input.shape?.firstIndex(of: first) ?? 0
  }

  private init(
    _ input: ValueInfo, sizes: [Dimension], own: [Int]?, elementType: ElementType, batchAxis: Int,
    network: String
  ) throws {
    if let own, own.count != sizes.count {
      throw NetworkError.input(
        "\(network): input \(input.name) takes examples of \(sizes.count) dimensions, not of shape \(own)")
    }
    var openSizes: [Int: String] = [:]
    let shape = try sizes.enumerated().map { index, size in
      if case .fixed(let size) = size, size > 0 {
        if let own, own[index] != size {
          throw NetworkError.input(
            "\(network): input \(input.name) takes examples of shape \(Self.text(sizes)), not \(own)")
        }
        return size
      }
      if case .named(let name) = size { openSizes[index] = name } else { openSizes[index] = "" }
      guard let own else {
        throw NetworkError.graph(
          "\(network): input \(input.name) leaves a size open beside the batch (\(Self.text(sizes)));"
            + " the data has it, or one example's shape, such as 3x224x224, has to be given")
      }
      return own[index]
    }
    self.init(
      name: input.name, dataType: input.dataType ?? .float, elementType: elementType, shape: shape,
      openSizes: openSizes, batchAxis: batchAxis)
  }

  /// Sizes as messages show them.
  package static func text(_ sizes: [Dimension]) -> String {
    let parts = sizes.map { size in
      switch size {
      case .fixed(let size): String(size)
      case .named(let name): name
      case .unknown: "?"
      }
    }
    return "[\(parts.joined(separator: ", "))]"
  }
}
