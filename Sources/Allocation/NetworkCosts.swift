import BitModel

/// What bit configurations of one network take of each resource.
public struct NetworkCosts: Sendable {
  /// Sizes and operations.
  public let model: CostModel
  /// Which activations are alive together; nil where it is not known.
  public let memory: ActivationMemory?
  /// Times on a device; nil where none were given.
  public let latency: LatencyTable?

  /// Makes costs.
  public init(model: CostModel, memory: ActivationMemory? = nil, latency: LatencyTable? = nil) {
    self.model = model
    self.memory = memory
    self.latency = latency
  }

  /// What a layer takes of a resource that is a sum over layers.
  func cost(_ resource: Resource, layer: Int, _ choice: BitChoice) throws -> Double {
    let described = model.layers[layer]
    switch resource {
    case .size: return Double(described.parameters * choice.weightBits)
    case .bitOperations: return Double(described.macs) * Double(choice.weightBits * choice.activationBits)
    case .latency: return try requireLatency().time(layer: described.name, choice)
    case .activationMemory: return 0
    }
  }

  /// What a configuration takes of a resource, in its own unit.
  public func cost(_ resource: Resource, of configuration: BitConfiguration) throws -> Double {
    if resource == .activationMemory {
      return Double(try requireMemory().peakInBits(configuration))
    }
    return try configuration.enumerated().reduce(0) { sum, layer in
      sum + (try cost(resource, layer: layer.offset, layer.element))
    }
  }

  /// What 100 % of a resource is: the float network's, and for a latency that of 8 bits everywhere.
  func reference(_ resource: Resource) throws -> Double {
    let count = model.layers.count
    func same(_ bits: Int) -> BitConfiguration {
      BitConfiguration(repeating: BitChoice(weightBits: bits, activationBits: bits), count: count)
    }
    switch resource {
    case .size, .bitOperations: return try cost(resource, of: same(32))
    case .latency: return try cost(resource, of: same(8))
    case .activationMemory: return Double(try requireMemory().floatPeakInBits)
    }
  }

  func requireMemory() throws -> ActivationMemory {
    guard let memory else {
      throw AllocationError("it is not known which activations are alive together", kind: .usage)
    }
    return memory
  }

  private func requireLatency() throws -> LatencyTable {
    guard let latency else {
      throw AllocationError(
        "a latency budget needs a table of the layers' times: --latency table.csv with the columns"
          + " layer,weight_bits,activation_bits,milliseconds", kind: .usage)
    }
    return latency
  }
}
