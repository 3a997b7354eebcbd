import Allocation
import BitModel
import Foundations

/// A random network with every kind of cost, small enough to try all of its configurations.
struct SmallCase {
  let space: AllocationSpace
  let values: [[Double]]
  let bounds: [ResourceBound]

  init(index: Int) throws {
    var stream = RandomStream(seed: 8, purpose: "allocation", index: UInt64(index))
    let count = 2 + stream.integer(below: 4)
    let layers = (0..<count).map {
      LayerCost(
        name: "l\($0)", parameters: 1 + stream.integer(below: 500), macs: 1 + stream.integer(below: 900))
    }
    // A chain in which some buffers have two readers and are alive over several layers.
    var buffers: [ActivationMemory.Buffer] = []
    var moments: [Set<Int>] = []
    for layer in 0..<count {
      let readers = layer + 1 < count && stream.uniform() < 0.5 ? [layer, layer + 1] : [layer]
      buffers.append(.init(elements: 1 + stream.integer(below: 300), readers: readers))
      moments.append(layer > 0 ? [layer - 1, layer] : [layer])
    }
    buffers.append(.init(elements: 1 + stream.integer(below: 100), readers: []))
    moments.append([count - 1, count])
    var table = "layer,weight_bits,activation_bits,milliseconds\n"
    for layer in 0..<count {
      for weight in [2, 4, 5] {
        for activation in [4, 8] {
          table += "l\(layer),\(weight),\(activation),\(stream.uniform())\n"
        }
      }
    }
    let costs = NetworkCosts(
      model: CostModel(layers: layers), memory: ActivationMemory(buffers: buffers, moments: moments),
      latency: try LatencyTable(table, source: "table"))
    let ties = stream.uniform() < 0.3 ? [[0, count - 1]] : []
    let space = try AllocationSpace(costs: costs, weightBits: [2, 4, 5], activationBits: [4, 8], ties: ties)
    self.space = space
    values = space.choices.map { $0.map { _ in stream.uniform() * 10 - 4 } }
    // Bounds between the costs of two random configurations, so that some are tight and some cannot be kept.
    let resources = Resource.registered.filter { $0 != .file && stream.uniform() < 0.6 }
    bounds = try resources.map { resource in
      let random = space.configuration(space.choices.map { stream.integer(below: $0.count) })
      return ResourceBound(resource, try space.costs.cost(resource, of: random))
    }
  }

  /// The greatest sum of values of all choices that keep the bounds; nil where none does.
  func bruteForce() throws -> Double? { try space.bruteForce(values, within: bounds) }
}

extension AllocationSpace {
  /// The greatest sum of values of all choices that keep bounds; nil where none does.
  func bruteForce(_ values: [[Double]], within bounds: [ResourceBound]) throws -> Double? {
    var best: Double?
    for code in 0..<choices.reduce(1, { $0 * $1.count }) {
      var (rest, value) = (code, 0.0)
      let positions = choices.enumerated().map { group, choices in
        defer { rest /= choices.count }
        value += values[group][rest % choices.count]
        return rest % choices.count
      }
      if value > best ?? -.infinity, try keeps(bounds, configuration(positions)) { best = value }
    }
    return best
  }
}
