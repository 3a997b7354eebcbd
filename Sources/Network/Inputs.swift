import Foundations
import Torch

/// What a network is given at once: a tensor for each of its inputs, of the same number of examples.
///
///     let logits = try network.logits(Inputs(images))
///     let embeddings = try network.logits(Inputs([ids, mask], batchAxes: [0, 0]))
public struct Inputs: Sendable {
  /// A tensor for each input, in the order of ``Network/inputs``.
  public let tensors: [Tensor]
  /// The dimension of each tensor that counts examples.
  public let batchAxes: [Int]
  /// Positions whose outputs count for nothing, truth values [N, positions]; nil where all count.
  public internal(set) var ignored: Tensor?

  /// Makes inputs.
  ///
  /// - Parameters:
  ///   - tensors: one for each input, in the network's order.
  ///   - batchAxes: the dimension of each tensor that counts examples; nil for the first of all.
  public init(_ tensors: [Tensor], batchAxes: [Int]? = nil) {
    self.tensors = tensors
    self.batchAxes = batchAxes ?? tensors.map { _ in 0 }
  }

  /// Makes the input of a network that has just one, [N, …].
  public init(_ tensor: Tensor) { self.init([tensor]) }

  /// The number of examples.
  public var count: Int {
    guard let first = tensors.first, first.rank > batchAxes[0] else { return 0 }
    return first.shape[batchAxes[0]]
  }

  /// Some of the examples.
  public func examples(_ range: Range<Int>) throws -> Inputs {
    try selected { try $0.sliced(dimension: $1, from: range.lowerBound, to: range.upperBound) }
  }

  /// Examples by their positions.
  public func examples(_ positions: [Int]) throws -> Inputs {
    let list = try Tensor(positions.map { Int64($0) }, shape: [positions.count])
    return try selected { try Tensor.single("aten::index_select", [.tensor($0), .int($1), .tensor(list)]) }
  }

  /// The examples in parts of one size; the last may be smaller.
  public func parts(of size: Int) throws -> [Inputs] {
    try stride(from: 0, to: count, by: size).map { try examples($0..<min(count, $0 + size)) }
  }

  /// The examples of several, one after the other.
  ///
  /// - Throws: ``NetworkError`` where their shapes differ in more than the number of examples.
  public static func concatenated(_ parts: [Inputs]) throws -> Inputs {
    guard let first = parts.first else { throw NetworkError.input("there are no examples") }
    guard parts.allSatisfy({ $0.exampleShapes == first.exampleShapes }) else {
      throw NetworkError.input(
        "examples of different shapes, such as \(first.exampleShapes) and"
          + " \(parts.first { $0.exampleShapes != first.exampleShapes }?.exampleShapes ?? []), cannot be put together"
      )
    }
    var result = Inputs(
      try first.tensors.indices.map { index in
        try Tensor.concatenated(parts.map { $0.tensors[index] }, dimension: first.batchAxes[index])
      }, batchAxes: first.batchAxes)
    if let size = parts.lazy.compactMap({ $0.ignored?.shape[1] }).first {
      result.ignored = try Tensor.concatenated(
        parts.map { try $0.ignored ?? Tensor.full(0, shape: [$0.count, size], elementType: .bool) },
        dimension: 0)
    }
    return result
  }

  /// The shape of one example in each tensor.
  public var exampleShapes: [[Int]] {
    zip(tensors, batchAxes).map { tensor, axis in
      tensor.shape.enumerated().filter { $0.offset != axis }.map(\.element)
    }
  }

  /// The same with floating-point numbers of another type.
  public func converted(to type: ElementType) throws -> Inputs {
    try mapped { tensor, _ in
      tensor.elementType.isFloatingPoint ? try tensor.converted(to: type) : tensor
    }
  }

  /// The same with another first tensor.
  public func replacingFirst(_ tensor: Tensor) -> Inputs {
    var result = Inputs([tensor] + tensors.dropFirst(), batchAxes: batchAxes)
    result.ignored = ignored
    return result
  }

  private func mapped(_ transform: (_ tensor: Tensor, _ axis: Int) throws -> Tensor) throws -> Inputs {
    var result = Inputs(try zip(tensors, batchAxes).map(transform), batchAxes: batchAxes)
    result.ignored = ignored
    return result
  }

  /// The same of some of the examples.
  private func selected(_ select: (_ tensor: Tensor, _ axis: Int) throws -> Tensor) throws -> Inputs {
    var result = try mapped(select)
    result.ignored = try ignored.map { try select($0, 0) }
    return result
  }

  /// The same, with all positions counting.
  public var countingAll: Inputs { Inputs(tensors, batchAxes: batchAxes) }
}
