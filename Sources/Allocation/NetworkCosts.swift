import BitModel
import Foundations

/// What bit configurations of one network take of each resource.
public struct NetworkCosts: Sendable {
  /// Sizes and operations.
  public let model: CostModel
  /// Which activations are alive together; nil where it is not known.
  public let memory: ActivationMemory?
  /// Times on a device; nil where none were given.
  public let latency: LatencyTable?
  /// What files take; nil where it is not known.
  public let file: FileSizes?

  /// Makes costs.
  public init(
    model: CostModel, memory: ActivationMemory? = nil, latency: LatencyTable? = nil, file: FileSizes? = nil
  ) {
    self.model = model
    self.memory = memory
    self.latency = latency
    self.file = file
  }

  /// What a configuration takes of a resource, in its own unit.
  ///
  /// - Throws: ``AllocationError`` where these costs do not say what the resource takes, or the configuration is of
  ///   another number of layers.
  public func cost(_ resource: Resource, of configuration: BitConfiguration) throws -> Double {
    guard configuration.count == model.layers.count else {
      throw AllocationError(
        "the configuration has bits of \(configuration.count) layers; the network has \(model.layers.count)")
    }
    switch resource.cost {
    case .sum(_, let cost):
      return try configuration.enumerated().reduce(0) { $0 + (try cost(self, $1.offset, $1.element)) }
    case .peak(let memory): return Double(try memory(self).peakInBits(configuration))
    }
  }

  /// What 100 % of a resource is: for a sum what its reference bits take, for a peak that of the float network.
  func reference(_ resource: Resource) throws -> Double {
    switch resource.cost {
    case .sum(let bits, _):
      let choice = BitChoice(weightBits: bits, activationBits: bits)
      return try cost(resource, of: BitConfiguration(repeating: choice, count: model.layers.count))
    case .peak(let memory): return Double(try memory(self).floatPeakInBits)
    }
  }

  /// The position of the layer of a name.
  ///
  /// - Throws: ``AllocationError`` naming similar layers where there is none.
  public func layer(named name: String) throws -> Int {
    guard let layer = model.layers.firstIndex(where: { $0.name == name }) else {
      throw AllocationError(
        "the network has no layer \(name); " + nearestNames(to: name, among: model.layers.map(\.name)),
        kind: .usage)
    }
    return layer
  }

  /// The positions of layers that are to have the same bits, by their names.
  ///
  /// - Parameters:
  ///   - names: names of layers, two or more.
  ///   - outputChannels: of each layer of the network.
  /// - Throws: ``AllocationError`` where there are fewer than two names, a layer does not exist, or their output channels
  ///   differ in number.
  public func layers(tied names: [String], outputChannels: [Int]) throws -> [Int] {
    guard names.count > 1 else {
      throw AllocationError(
        "'\(names.joined(separator: ","))': two or more names of layers are needed to tie them", kind: .usage)
    }
    let layers = try names.map { try layer(named: $0) }
    guard outputChannels.count == model.layers.count else {
      throw AllocationError(
        "output channels of \(outputChannels.count) layers are given; the network has \(model.layers.count)")
    }
    let channels = layers.map { outputChannels[$0] }
    if let other = channels.indices.first(where: { channels[$0] != channels[0] }) {
      throw AllocationError(
        "layer \(names[0]) has \(channels[0]) output channels and layer \(names[other]) \(channels[other]); tied"
          + " layers have equally many", kind: .usage)
    }
    return layers
  }
}
