import Foundation
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch

/// A convolution by itself, with what `Tests/Golden/weight_rounding.py` makes of it.
struct RoundingCase: Decodable, Sendable, CustomTestStringConvertible {
  let bits, kernel, stride, padding, groups: Int
  let imageShape, weightShape: [Int]
  let images, weight: [Float]
  let scales, zeros, second, mean, levels: [Double]

  var testDescription: String { "\(bits) bits, kernel \(kernel), stride \(stride), \(groups) groups" }

  static let all: [RoundingCase] =
    (try? TestFiles.goldenJSON("weight_rounding.json", as: [RoundingCase].self)) ?? []

  /// A network of this convolution, a pool and nothing else.
  func network() throws -> Network {
    let graph = Graph(
      name: "convolution",
      inputs: [
        ValueInfo(name: "x", shape: [.named("n")] + imageShape.dropFirst().map { .fixed($0) })
      ], outputs: [ValueInfo(name: "y")],
      initializers: ["w": TensorValue(weight, shape: weightShape)],
      nodes: [
        Node(
          "Conv", name: "convolution", inputs: ["x", "w"], outputs: ["c"],
          attributes: [
            "strides": .integers([stride, stride]), "group": .integer(groups),
            "pads": .integers([padding, padding, padding, padding]),
          ]),
        Node("GlobalAveragePool", name: "pool", inputs: ["c"], outputs: ["p"]),
        Node("Flatten", name: "flatten", inputs: ["p"], outputs: ["y"]),
      ])
    return try Network(Model(graph: graph, opset: 17))
  }
}

@Suite("Weight rounding")
struct WeightRoundingTests {
  private func moments(_ item: RoundingCase, _ network: Network) throws -> LayerMoments {
    let images = try Tensor(item.images, shape: item.imageShape)
    let parts = try [(0, 2), (2, 5)].map { try images.sliced(dimension: 0, from: $0.0, to: $0.1) }
    return try #require(try LayerMoments.of(parts, layer: network.layers[0], threads: 2))
  }

  private func grid(_ item: RoundingCase) throws -> WeightGrid {
    WeightGrid(
      bits: item.bits, scheme: WeightScheme(symmetry: .asymmetric),
      scales: try Tensor(item.scales.map { Float($0) }, shape: [item.scales.count]),
      zeros: try Tensor(item.zeros.map { Float($0) }, shape: [item.zeros.count]), axis: 0)
  }

  @Test("there are cases")
  func cases() { #expect(RoundingCase.all.count == 4) }

  @Test("moments of inputs equal explicit sums over positions", arguments: RoundingCase.all)
  func moments(item: RoundingCase) throws {
    let moments = try moments(item, item.network())
    #expect(relativeDifference(try moments.second.doubles(), item.second) < 1e-5)
    #expect(relativeDifference(try moments.mean.doubles(), item.mean) < 1e-5)
  }

  @Test("second-order rounding equals the rule it is derived from", arguments: RoundingCase.all)
  func secondOrder(item: RoundingCase) throws {
    let network = try item.network()
    let rounding = try SecondOrderRounding(moments(item, network))
    let levels = try rounding.levels(of: network.weights[0], grid: grid(item)).doubles()
    #expect(levels == item.levels)
  }

  private func error(_ levels: Tensor, _ grid: WeightGrid, _ item: RoundingCase) throws -> Double {
    let network = try item.network()
    var taps = Taps()
    let changed = try grid.values(of: levels)
    let float = Outputs()
    let images = try Tensor(item.images, shape: item.imageShape)
    taps.output = { _, tensor in
      float.values.append(tensor)
      return tensor
    }
    _ = try network.logits(images, taps: taps)
    taps.weight = { _, _ in changed }
    _ = try network.logits(images, taps: taps)
    return try float.values[0].subtracting(float.values[1]).squared().mean().item()
  }

  @Test("learned and second-order rounding beat the nearest level on the output", arguments: RoundingCase.all)
  func errors(item: RoundingCase) throws {
    let network = try item.network()
    let weight = network.weights[0]
    let (grid, moments) = (try grid(item), try moments(item, network))
    let nearest = try error(grid.nearestLevels(of: weight), grid, item)
    let learned = try AdaptiveRounding.levels(of: weight, grid: grid, moments: moments, iterations: 1000)
    let rounding = try SecondOrderRounding(moments)
    #expect(try error(learned, grid, item) < nearest)
    #expect(try error(rounding.levels(of: weight, grid: grid), grid, item) < nearest)
    // Each level is the one below or above the weight.
    let distance = try grid.values(of: learned).subtracting(weight).absolute().maximum(over: [1, 2, 3])
      .doubles()
    for (channel, value) in distance.enumerated() { #expect(value <= item.scales[channel] * 1.001) }
    // A range chosen by the output's error is no worse than that of the weight's.
    let chosen = try rounding.grid(of: weight, axis: 0, bits: item.bits, scheme: grid.scheme)
    let plain = try WeightGrid(weight, axis: 0, bits: item.bits, scheme: grid.scheme)
    #expect(
      try error(rounding.levels(of: weight, grid: chosen), chosen, item)
        <= error(rounding.levels(of: weight, grid: plain), plain, item) * 1.02)
  }

  @Test("an input that is always 0 leaves its weights at the nearest level")
  func deadInput() throws {
    let item = try #require(RoundingCase.all.first)
    let network = try item.network()
    let images = try Tensor.full(0, shape: item.imageShape)
    let moments = try #require(try LayerMoments.of([images], layer: network.layers[0], threads: 1))
    let (weight, grid) = (network.weights[0], try grid(item))
    let levels = try SecondOrderRounding(moments).levels(of: weight, grid: grid)
    #expect(try levels.doubles() == grid.nearestLevels(of: weight).doubles())
  }

  @Test(
    "symmetric grids have no zero point, and one scale for a tensor is one scale",
    arguments: WeightScheme.Symmetry.allCases, WeightScheme.Granularity.allCases)
  func schemes(symmetry: WeightScheme.Symmetry, granularity: WeightScheme.Granularity) throws {
    let item = try #require(RoundingCase.all.last)
    let weight = try Tensor(item.weight, shape: item.weightShape)
    let scheme = WeightScheme(symmetry: symmetry, granularity: granularity)
    for bits in [2, 4, 8] {
      let quantized = try QuantizedWeight(nearest: weight, axis: 0, bits: bits, scheme: scheme)
      let (levels, zeros) = (try quantized.levels.doubles(), try quantized.grid.zeros.doubles())
      #expect(levels.allSatisfy { $0 >= quantized.grid.lowest && $0 <= quantized.grid.highest })
      #expect(zeros.allSatisfy { quantized.grid.isSymmetric ? $0 == 0 : $0 >= 0 })
      #expect(try (Set(quantized.grid.scales.doubles()).count == 1) == (granularity == .tensor))
    }
  }

  private final class Outputs {
    var values: [Tensor] = []
  }
}
