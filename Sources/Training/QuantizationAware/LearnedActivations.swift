import Network
import Quantization
import Torch

/// The grids of activations while their steps are trained, each a multiple of the step that it begins with.
///
/// Layers with the same input and bits share a grid, as do a value that is rounded where it is computed and all who take it.
struct LearnedActivations: Sendable {
  /// Grids as they begin.
  let grids: [ActivationQuantizer]
  private let start: ActivationRounding
  /// The grid of each layer's input.
  private let layerGroups: [Int]
  /// The grid of each value that is rounded where it is computed, by its name and by its index in the trained network.
  private let namedGroups: [String: Int]
  private let valueGroups: [Int: Int]

  /// Begins at a quantized network.
  ///
  /// - Parameter network: what is trained, with the same names of values.
  init(_ quantized: QuantizedNetwork, in network: Network) {
    let (rounding, float) = (quantized.rounding, quantized.float)
    var grids: [ActivationQuantizer] = []
    var known: [String: Int] = [:]
    func group(_ key: String, _ grid: ActivationQuantizer) -> Int {
      if let group = known[key] { return group }
      known[key] = grids.count
      grids.append(grid)
      return grids.count - 1
    }
    let plan = rounding.plan
    /// Whose grid a rounded value has.
    func owner(_ value: Int) -> Int { plan?.joined[value].map(owner) ?? value }
    layerGroups = zip(float.layers, rounding.layers).enumerated().map { layer, pair in
      let origin = float.valueIndices[pair.0.inputName].flatMap { plan?.origins[$0] }
      guard rounding.arrivesRounded[layer], let origin else {
        return group("\(pair.0.inputName)/\(pair.1.bits)", pair.1)
      }
      return group("\(owner(origin))", pair.1)
    }
    var named: [String: Int] = [:]
    var indexed: [Int: Int] = [:]
    let names = Dictionary(float.valueIndices.map { ($1, $0) }) { first, _ in first }
    for value in plan?.roots ?? [] {
      guard let grid = rounding.values[value], let name = names[value] else { continue }
      let group = group("\(owner(value))", grid)
      named[name] = group
      if let index = network.valueIndices[name] { indexed[index] = group }
    }
    self.grids = grids
    start = rounding
    namedGroups = named
    valueGroups = indexed
  }

  /// Taps that round with steps that gradients are taken of.
  ///
  /// - Parameter ratios: steps as multiples of those they begin with, one for each of ``grids``.
  func taps(ratios: ArraySlice<Tensor>) -> Taps {
    func rounded(_ tensor: Tensor, _ group: Int) throws -> Tensor {
      let grid = grids[group]
      return try LearnedStep.rounded(
        tensor, step: ratios[ratios.startIndex + group].scaled(by: grid.scale),
        zero: Tensor.full(Double(grid.zero), shape: [1]), highest: grid.highest,
        factor: LearnedStep.gradientFactor(
          count: tensor.count / max(1, tensor.shape[0]), highest: Double(grid.highest)))
    }
    var taps = Taps()
    taps.input = { layer, tensor in
      start.arrivesRounded[layer] ? tensor : try rounded(tensor, layerGroups[layer])
    }
    if !valueGroups.isEmpty {
      taps.value = { value, tensor in try valueGroups[value].map { try rounded(tensor, $0) } ?? tensor }
    }
    return taps
  }

  /// The grids with trained steps, for a network with the same names of values.
  func rounding(ratios: ArraySlice<Tensor>, in network: Network) throws -> ActivationRounding {
    let trained = try zip(grids, ratios).map { grid, ratio in
      ActivationQuantizer(bits: grid.bits, scale: Float(grid.scale * (try ratio.item())), zero: grid.zero)
    }
    return try start.replacing(
      layers: layerGroups.map { trained[$0] }, values: namedGroups.mapValues { trained[$0] }, in: network)
  }
}
