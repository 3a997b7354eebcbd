import BitModel
import Foundations
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch

/// A convolution of integers against a loop over its integers.
@Suite("Integer convolution")
struct IntegerConvolutionTests {
  struct Layout: Sendable, CustomTestStringConvertible {
    var groups = 1
    var stride = 1
    var dilation = 1
    /// Above, left, below, right.
    var pads = [1, 1, 1, 1]
    var bits = 4
    var hasBias = true
    var testDescription: String {
      "\(groups) groups, stride \(stride), dilation \(dilation), pads \(pads), \(bits) bits, bias: \(hasBias)"
    }
  }

  private static let (channels, outputs, size, kernel) = (4, 8, 7, 3)

  private func uniform(_ purpose: String, count: Int, from low: Double, to high: Double) -> [Float] {
    var stream = RandomStream(seed: 12, purpose: purpose)
    return (0..<count).map { _ in Float(low + stream.uniform() * (high - low)) }
  }

  private func network(_ layout: Layout) throws -> Model {
    var graph = Graph(
      name: "convolution",
      inputs: [
        ValueInfo(
          name: "x", shape: [.named("n"), .fixed(Self.channels), .fixed(Self.size), .fixed(Self.size)])
      ], outputs: [ValueInfo(name: "y")])
    let shape = [Self.outputs, Self.channels / layout.groups, Self.kernel, Self.kernel]
    graph.initializers["w"] = TensorValue(
      uniform("weight", count: shape.reduce(1, *), from: -0.4, to: 1), shape: shape)
    graph.initializers["b"] = TensorValue(
      uniform("bias", count: Self.outputs, from: -1, to: 1), shape: [Self.outputs])
    graph.nodes = [
      Node(
        "Conv", name: "convolution", inputs: layout.hasBias ? ["x", "w", "b"] : ["x", "w"], outputs: ["c"],
        attributes: [
          "strides": .integers([layout.stride, layout.stride]), "group": .integer(layout.groups),
          "dilations": .integers([layout.dilation, layout.dilation]), "pads": .integers(layout.pads),
        ]),
      Node("GlobalAveragePool", name: "pool", inputs: ["c"], outputs: ["p"]),
      Node("Flatten", name: "flatten", inputs: ["p"], outputs: ["y"]),
    ]
    return Model(graph: graph, opset: 17)
  }

  @Test(
    "groups, zero points, padding and saturation", .enabled(if: IntegerConvolution.isExact),
    arguments: [
      Layout(), Layout(groups: 2, stride: 2), Layout(groups: 4, bits: 3),
      Layout(pads: [0, 1, 2, 1], bits: 2),
      Layout(groups: 2, dilation: 2, pads: [2, 2, 2, 2]), Layout(bits: 8, hasBias: false),
      Layout(groups: 4, stride: 2, pads: [0, 0, 1, 1], bits: 5),
    ])
  func integers(layout: Layout) throws {
    let shape = [2, Self.channels, Self.size, Self.size]
    let count = shape.reduce(1, *)
    let calibration = try Tensor(uniform("calibration", count: count, from: -1, to: 2), shape: shape)
    let quantization = try PostTrainingQuantization(
      network(layout), name: "convolution", calibration: [calibration], threads: 1)
    let quantized = try quantization.quantized(
      BitConfiguration(weightBits: [layout.bits], activationBits: layout.bits == 3 ? 5 : 8), threads: 1)
    let convolution = try #require(quantized.convolutions[0])
    // Twice the range that was calibrated, so that both ends are cut off.
    let images = uniform("images", count: count, from: -3, to: 4)
    let found = try convolution(Tensor(images, shape: shape))

    let (quantizer, weight) = (quantized.quantizers[0], quantized.weights[0])
    let levels = images.map { value in
      let level = Int((value / Float(quantizer.scale)).rounded(.toNearestOrEven)) + quantizer.zero
      return max(0, min(quantizer.highest, level)) - quantizer.zero
    }
    #expect(quantizer.zero > 0 && levels.contains(-quantizer.zero))
    #expect(levels.contains(quantizer.highest - quantizer.zero))
    let zeros = try weight.grid.zeros.integers().map { Int($0) }
    let size = weight.levels.count / Self.outputs
    let centered = try weight.levels.integers().enumerated().map { Int($1) - zeros[$0 / size] }
    #expect(weight.grid.isSymmetric || zeros.contains { $0 != 0 })
    let scales = try weight.grid.scales.doubles()
    let bias = try layout.hasBias ? quantization.network.model.graph.initializers["b"]?.floats() : nil

    let span = layout.dilation * (Self.kernel - 1) + 1
    let height = (Self.size + layout.pads[0] + layout.pads[2] - span) / layout.stride + 1
    let width = (Self.size + layout.pads[1] + layout.pads[3] - span) / layout.stride + 1
    #expect(found.shape == [2, Self.outputs, height, width])
    var expected: [Double] = []
    let (inGroup, outGroup) = (Self.channels / layout.groups, Self.outputs / layout.groups)
    for image in 0..<2 {
      for output in 0..<Self.outputs {
        for row in 0..<height {
          for column in 0..<width {
            var sum = 0
            for channel in 0..<inGroup {
              for i in 0..<Self.kernel {
                for j in 0..<Self.kernel {
                  let y = row * layout.stride + i * layout.dilation - layout.pads[0]
                  let x = column * layout.stride + j * layout.dilation - layout.pads[1]
                  guard (0..<Self.size).contains(y), (0..<Self.size).contains(x) else { continue }
                  let source = output / outGroup * inGroup + channel
                  let value = levels[((image * Self.channels + source) * Self.size + y) * Self.size + x]
                  sum += value * centered[output * size + (channel * Self.kernel + i) * Self.kernel + j]
                }
              }
            }
            expected.append(
              Double(sum) * scales[output] * quantizer.scale + Double(bias?[output] ?? 0))
          }
        }
      }
    }
    #expect(relativeDifference(try found.contiguous().doubles(), expected) < 1e-6)
  }
}
