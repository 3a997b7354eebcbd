import Network
import Torch

/// How a weight's elements are given levels of its grid.
///
/// A rounding is one value, and has a line in ``all`` where it is to be found by its name.
public struct Rounding: Sendable {
  /// The roundings that have names in files and on the command line.
  public static let all: [Rounding] = [.nearest, .gptq, .adaround, .brecq]

  /// What is rounded together.
  public enum Method: Sendable {
    /// Each layer by itself, to several numbers of bits, on a weight for each of them. Layers are given the moments of
    /// their inputs where the rounding sees these; those that have none, as they are no products with a matrix, are
    /// rounded to the nearest level instead.
    case layers(
      seesInputs: Bool, round: @Sendable (_ layer: LayerToRound, _ bits: [Int]) throws -> [QuantizedWeight])
    /// All layers of a block, on the levels of each on its grid, in the order of the block's layers.
    case blocks(round: @Sendable (_ block: BlockToRound) throws -> [Tensor])
  }

  /// The name in files and on the command line.
  public let name: String
  /// The least number of calibration images that it needs.
  public let leastImages: Int
  /// Whether it takes ``QuantizationOptions/iterations`` steps.
  public let isIterative: Bool
  /// What does it.
  public let method: Method

  /// Makes a rounding.
  public init(name: String, leastImages: Int = 1, isIterative: Bool = false, method: Method) {
    self.name = name
    self.leastImages = leastImages
    self.isIterative = isIterative
    self.method = method
  }

  /// The rounding of a name; nil where ``all`` has none of it.
  public init?(named name: String) {
    guard let known = Self.all.first(where: { $0.name == name }) else { return nil }
    self = known
  }

  /// Whether levels, and the ranges of grids, depend on what enters the layers.
  public var seesInputs: Bool {
    switch method {
    case .layers(let seesInputs, _): seesInputs
    case .blocks: true
    }
  }
}

extension Rounding: Hashable {
  /// Roundings of one name are the same.
  public static func == (left: Rounding, right: Rounding) -> Bool { left.name == right.name }

  /// Adds the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Rounding: Codable {
  /// Reads a name of ``all``.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let known = Rounding(named: name) else {
      let names = Self.all.map(\.name).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "there is no rounding \(name); there are \(names)")
    }
    self = known
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

/// A layer that is to be rounded by itself.
public struct LayerToRound: Sendable {
  /// What the layer is.
  public let layer: QuantizableLayer
  /// Its weight, float32, batch norm folded.
  public let weight: Tensor
  /// Moments of its inputs; nil where the rounding does not see them.
  public let moments: LayerMoments?
  /// How the network is quantized.
  public let options: QuantizationOptions

  /// The grid of the weight: that of the least error of the layer's output under second-order rounding where one is
  /// given and the options want it, else that of the least error of the weight.
  func grid(bits: Int, by rounding: SecondOrderRounding? = nil) throws -> WeightGrid {
    try withoutGradients {
      let wanted: SecondOrderRounding? =
        switch options.weightRange {
        case .output: rounding
        case .weight: nil
        }
      return try wanted?.grid(of: weight, axis: layer.outputAxis, bits: bits, scheme: options.weights)
        ?? WeightGrid(weight, axis: layer.outputAxis, bits: bits, scheme: options.weights)
    }
  }

  /// Second-order rounding on the moments of the layer's inputs.
  func secondOrder() throws -> SecondOrderRounding? {
    try withoutGradients { try moments.map { try SecondOrderRounding($0) } }
  }
}

/// A block whose layers are to be rounded together.
public struct BlockToRound: Sendable {
  /// What the block does to the calibration images, and how its errors are measured.
  let reconstruction: BlockReconstruction
  /// The weights of the block's layers, float32, batch norms folded.
  public var weights: [Tensor] { reconstruction.block.layers.map { reconstruction.network.weights[$0] } }
  /// One for each of the block's layers.
  public let grids: [WeightGrid]
  /// How the network is quantized.
  public let options: QuantizationOptions
  /// Threads to use.
  public let threads: Int
}
