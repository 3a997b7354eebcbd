import BitModel
import Network
import Torch

/// The grids of a network's activations under some bits.
package struct ActivationRounding: Sendable {
  /// The grid of each layer's input.
  package let layers: [ActivationQuantizer]
  /// Whether a layer's input is not rounded before it: it lies on that grid when it arrives, or the layer stays float.
  package let arrivesRounded: [Bool]
  /// The grid of each value that is rounded where it is computed, by index.
  package let values: [Int: ActivationQuantizer]
  /// Which values are rounded where they are computed; nil where layers' inputs alone are rounded.
  package let plan: RoundedValues?

  /// Rounds layers' inputs alone.
  ///
  /// - Parameter float: layers whose inputs are not rounded, as they stay float or their weights alone are rounded.
  package init(layers: [ActivationQuantizer], float: Set<Int> = []) {
    self.layers = layers
    arrivesRounded = layers.indices.map { float.contains($0) }
    values = [:]
    plan = nil
  }

  /// Rounds values where they are computed.
  ///
  /// A value that layers alone take has the most bits that one of them is given, any other one 8. Values that neither come
  /// from integers nor enter a layer of integers, as between layers that stay float, are not rounded.
  /// - Parameters:
  ///   - own: gives the grid of a layer's input by itself.
  ///   - grid: gives the grid of a rounded value at some bits.
  init(
    _ rounded: RoundedValues, of network: Network, configuration: BitConfiguration,
    own: (_ layer: Int) -> ActivationQuantizer, grid: (_ value: Int, _ bits: Int) -> ActivationQuantizer
  ) {
    var kept: Set<Int> = []
    for root in rounded.roots {
      let comesFromIntegers =
        rounded.producers[root].map { !configuration[$0].isFloat }
        ?? rounded.sources[root]?.contains(where: kept.contains) ?? false
      let entersIntegers = rounded.readers[root]?.layers.contains { !configuration[$0].isFloat } ?? false
      if comesFromIntegers || entersIntegers { kept.insert(root) }
    }
    var values: [Int: ActivationQuantizer] = [:]
    // A concatenation comes after what it joins.
    for root in rounded.roots.reversed() where kept.contains(root) {
      if let output = rounded.joined[root], let shared = values[output] {
        values[root] = shared
        continue
      }
      let readers = rounded.readers[root]
      let bits =
        readers?.layers.map { configuration[$0].isFloat ? 8 : configuration[$0].activationBits }.max() ?? 8
      values[root] = grid(root, readers?.others == false ? min(8, bits) : 8)
    }
    var layers: [ActivationQuantizer] = []
    var arrives: [Bool] = []
    for (layer, step) in zip(network.layers.indices, network.layerSteps) {
      let origin = network.steps[step].inputs.first.flatMap { $0 }.flatMap { rounded.origins[$0] }
      let known = origin.flatMap { values[$0] }
      if configuration[layer].isFloat || network.layers[layer].isWeightOnly {
        layers.append(known ?? own(layer))
        arrives.append(true)
      } else if let known, known.bits <= configuration[layer].activationBits {
        layers.append(known)
        arrives.append(true)
      } else {
        layers.append(own(layer))
        arrives.append(false)
      }
    }
    self.layers = layers
    self.values = values
    plan = rounded
    arrivesRounded = arrives
  }

  /// The same values on other grids, in a network whose values have the same names.
  ///
  /// - Parameter values: by name.
  package func replacing(
    layers: [ActivationQuantizer], values: [String: ActivationQuantizer], in network: Network
  ) throws -> ActivationRounding {
    guard plan != nil else {
      return ActivationRounding(layers: layers, float: Set(layers.indices.filter { arrivesRounded[$0] }))
    }
    var found: [Int: ActivationQuantizer] = [:]
    for (name, grid) in values { if let index = network.valueIndices[name] { found[index] = grid } }
    return ActivationRounding(
      layers: layers, arrivesRounded: arrivesRounded, values: found, plan: try RoundedValues(network))
  }

  private init(
    layers: [ActivationQuantizer], arrivesRounded: [Bool], values: [Int: ActivationQuantizer],
    plan: RoundedValues
  ) {
    self.layers = layers
    self.arrivesRounded = arrivesRounded
    self.values = values
    self.plan = plan
  }

  /// Taps that round activations.
  ///
  /// - Parameter skipping: layers whose input something else rounds.
  func taps(skipping: @escaping (_ layer: Int) -> Bool = { _ in false }) -> Taps {
    var taps = Taps()
    taps.input = { layer, tensor in
      arrivesRounded[layer] || skipping(layer) ? tensor : try layers[layer].apply(tensor)
    }
    if !values.isEmpty { taps.value = { index, tensor in try values[index]?.apply(tensor) ?? tensor } }
    return taps
  }
}
