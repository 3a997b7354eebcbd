import Foundation
import Synchronization
import Torch

/// Keeps rounded weights beyond the life of a process.
public protocol WeightStore: Sendable {
  /// The weight of a layer at some bits; nil where it is not kept.
  func weight(layer: Int, bits: Int) throws -> StoredWeight?
  /// Keeps a weight; one of the same layer and bits stays as it is.
  func keep(_ weight: StoredWeight, layer: Int, bits: Int) throws
}

/// A quantized weight as bytes.
public struct StoredWeight: Sendable, Equatable {
  /// Levels in row-major order, a byte each, two's complement where the grid is symmetric.
  public var levels: Data
  /// One a channel.
  public var scales: [Float]
  /// One a channel.
  public var zeros: [Float]

  /// Makes a weight of its parts.
  public init(levels: Data, scales: [Float], zeros: [Float]) {
    self.levels = levels
    self.scales = scales
    self.zeros = zeros
  }

  init(_ weight: QuantizedWeight) throws {
    levels = Data(try weight.levels.integers().map { UInt8(truncatingIfNeeded: $0) })
    scales = try weight.grid.scales.floats()
    zeros = try weight.grid.zeros.floats()
  }

  /// The weight; nil where the sizes do not fit.
  func weight(shape: [Int], axis: Int, bits: Int, scheme: WeightScheme) throws -> QuantizedWeight? {
    guard levels.count == shape.reduce(1, *), scales.count == shape[axis], zeros.count == shape[axis] else {
      return nil
    }
    let bytes = try Tensor(
      levels, shape: shape, elementType: scheme.isSymmetric(bits: bits) ? .int8 : .uint8)
    return QuantizedWeight(
      grid: WeightGrid(
        bits: bits, scheme: scheme, scales: try Tensor(scales, shape: [scales.count]),
        zeros: try Tensor(zeros, shape: [zeros.count]), axis: axis),
      levels: try bytes.converted(to: .float32))
  }
}

/// Rounded weights by layer and bits, and what was made of them, shared by all configurations.
final class WeightCache: Sendable {
  struct Key: Hashable {
    let layer: Int
    let bits: Int
  }

  /// What a configuration uses of a weight.
  struct Entry: Sendable {
    let quantized: QuantizedWeight
    let dequantized: Tensor
  }

  private let entries = Mutex<[Key: Entry]>([:])
  private let convolutions = Mutex<[Key: [[ActivationQuantizer]: IntegerConvolution]]>([:])

  /// The entry of a layer at a number of bits.
  subscript(layer: Int, bits: Int) -> Entry? {
    entries.withLock { $0[Key(layer: layer, bits: bits)] }
  }

  /// Keeps a weight.
  func insert(_ weight: QuantizedWeight, layer: Int, bits: Int) throws {
    let entry = Entry(quantized: weight, dequantized: try weight.dequantized().channelsLast())
    entries.withLock { $0[Key(layer: layer, bits: bits)] = entry }
  }

  /// The integer convolution of a layer for some grids of its input and output, made by `make` the first time.
  func convolution(
    layer: Int, bits: Int, grids: [ActivationQuantizer], make: () throws -> IntegerConvolution?
  ) throws -> IntegerConvolution? {
    let key = Key(layer: layer, bits: bits)
    if let known = convolutions.withLock({ $0[key]?[grids] }) { return known }
    guard let made = try make() else { return nil }
    convolutions.withLock { $0[key, default: [:]][grids] = made }
    return made
  }
}
