import BitModel
import Foundation
import Foundations

/// The file in which an allocation is passed on: bits of every quantizable layer.
public struct BitsFile: Codable, Sendable, Equatable {
  /// A layer's bits.
  public struct Layer: Codable, Sendable, Equatable {
    /// The layer's name in the ONNX graph.
    public var name: String
    /// Bits of its weight.
    public var weightBits: Int
    /// Bits of its input.
    public var activationBits: Int

    /// Makes a layer's bits.
    public init(name: String, bits: BitChoice) {
      self.name = name
      weightBits = bits.weightBits
      activationBits = bits.activationBits
    }

    /// Its bits.
    public var bits: BitChoice { BitChoice(weightBits: weightBits, activationBits: activationBits) }
  }

  /// The proxy that the bits were chosen by.
  public var proxy: String
  /// The budgets that they keep, joined by commas.
  public var budget: String
  /// The weights' size, MiB.
  public var sizeMib: Double
  /// Bit operations, 10⁹.
  public var bitopsG: Double
  /// The greatest size of the activations that are alive at once, KiB; nil where it is not known.
  public var activationsKib: Double?
  /// The sum of the layers' times, ms; nil without a table of times.
  public var latencyMs: Double?
  /// `exact` or `evolutionary`.
  public var method: String?
  /// By how much the best score may be higher; nil where nothing is proven.
  public var gap: Double?
  /// The layers in graph order.
  public var layers: [Layer]

  /// Makes the content of a file.
  ///
  /// - Throws: ``AllocationError`` where the table of times lacks a layer.
  public init(proxy: String, budgets: [Budget], costs: NetworkCosts, allocation: Allocation) throws {
    let configuration = allocation.configuration
    self.proxy = proxy
    budget = budgets.map(\.description).joined(separator: ",")
    sizeMib = costs.model.sizeInMiB(configuration)
    bitopsG = costs.model.bitOperations(configuration)
    if costs.memory != nil {
      activationsKib = try costs.cost(.activationMemory, of: configuration) / 8 / 1024
    }
    if costs.latency != nil { latencyMs = try costs.cost(.latency, of: configuration) }
    method = allocation.method.rawValue
    gap = allocation.gap
    layers = zip(costs.model.layers, configuration).map { Layer(name: $0.name, bits: $1) }
  }

  /// Writes the file, whole or not at all.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    try AtomicFile.write(encoder.encode(self) + Data("\n".utf8), to: path)
  }

  /// Reads a file.
  ///
  /// - Throws: ``AllocationError`` saying what is wrong with it.
  public init(contentsOf path: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try AtomicFile.read(path)
    do {
      self = try decoder.decode(BitsFile.self, from: data)
    } catch DecodingError.keyNotFound(let key, _) {
      throw AllocationError("\(path): lacks \"\(key.stringValue)\"; `emq allocate` makes such a file")
    } catch {
      throw AllocationError("\(path): is not a file of bits; `emq allocate` makes one")
    }
    for layer in layers {
      for bits in [layer.weightBits, layer.activationBits]
      where !BitConfiguration.supportedBits.contains(bits) {
        throw AllocationError("\(path): layer \(layer.name) has \(bits) bits; 2 to 8 are supported")
      }
    }
  }

  /// The configuration for a network with these layers.
  ///
  /// - Throws: ``AllocationError`` naming the first layer that is missing or unknown.
  public func configuration(layerNames: [String], file: String) throws -> BitConfiguration {
    let byName = Dictionary(layers.map { ($0.name, $0) }) { first, _ in first }
    if let unknown = layers.first(where: { !layerNames.contains($0.name) }) {
      throw AllocationError("\(file): names the layer \(unknown.name), which the network does not have")
    }
    return BitConfiguration(
      try layerNames.map { name in
        guard let layer = byName[name] else {
          throw AllocationError("\(file): has no bits for the layer \(name)")
        }
        return layer.bits
      })
  }
}
