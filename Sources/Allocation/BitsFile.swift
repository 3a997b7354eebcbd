import BitModel
import Foundation
import Foundations

/// The file in which an allocation is passed on: bits of every quantizable layer.
public struct BitsFile: Sendable, Equatable {
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

    private enum CodingKeys: String, CodingKey {
      case name
      case weightBits = "weight_bits"
      case activationBits = "activation_bits"
    }
  }

  /// The proxy that the bits were chosen by.
  public var proxy: String
  /// The budgets that they keep, joined by commas.
  public var budget: String
  /// What they take of each resource that is known, in the unit of its display, by the display's key, such as `size_mib`.
  public var amounts: [String: Double]
  /// `exact`, `evolutionary` or `measured`.
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
    amounts = [:]
    for resource in Resource.ordered(with: budgets.map(\.resource)) where resource.isKnown(costs) {
      amounts[resource.display.key] =
        try costs.cost(resource, of: configuration) / resource.display.factor
    }
    method = allocation.method.rawValue
    gap = allocation.gap
    layers = zip(costs.model.layers, configuration).map { Layer(name: $0.name, bits: $1) }
  }

  /// What the bits take of a resource, in the unit of its display; nil where it is not known.
  public func amount(of resource: Resource) -> Double? { amounts[resource.display.key] }

  /// Writes the file, whole or not at all.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(encoder.encode(self) + Data("\n".utf8), to: path)
  }

  /// Reads a file.
  ///
  /// - Throws: ``AllocationError`` saying what is wrong with it.
  public init(contentsOf path: String) throws {
    let data = try AtomicFile.read(path)
    let needed = "a file of bits has proxy, budget, and layers with name, weight_bits and activation_bits"
    do {
      self = try JSONDecoder().decode(BitsFile.self, from: data)
    } catch DecodingError.keyNotFound(let key, _) {
      throw AllocationError("\(path): lacks \"\(key.stringValue)\"; \(needed)")
    } catch {
      throw AllocationError("\(path): is not a file of bits; \(needed)")
    }
    for layer in layers {
      let bits = [layer.weightBits, layer.activationBits]
      guard let configuration = BitConfiguration(weightBits: [bits[0]], activationBits: [bits[1]]),
        configuration.isSupported
      else {
        throw AllocationError(
          "\(path): layer \(layer.name) has \(bits[0]) and \(bits[1]) bits; 2 to 8 are supported, and 16 for weights of"
            + " layers that stay float")
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

extension BitsFile: Codable {
  /// The keys that every file has; all others are of resources.
  private enum Fixed: String {
    case proxy, budget, method, gap, layers
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ fixed: Fixed) { stringValue = fixed.rawValue }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads a file's content.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    proxy = try container.decode(String.self, forKey: Key(.proxy))
    budget = try container.decode(String.self, forKey: Key(.budget))
    method = try container.decodeIfPresent(String.self, forKey: Key(.method))
    gap = try container.decodeIfPresent(Double.self, forKey: Key(.gap))
    layers = try container.decode([Layer].self, forKey: Key(.layers))
    amounts = [:]
    for key in container.allKeys where Fixed(rawValue: key.stringValue) == nil {
      amounts[key.stringValue] = try? container.decode(Double.self, forKey: key)
    }
  }

  /// Writes a file's content.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(proxy, forKey: Key(.proxy))
    try container.encode(budget, forKey: Key(.budget))
    for (key, amount) in amounts { try container.encode(amount, forKey: Key(stringValue: key)) }
    try container.encodeIfPresent(method, forKey: Key(.method))
    try container.encodeIfPresent(gap, forKey: Key(.gap))
    try container.encode(layers, forKey: Key(.layers))
  }
}
