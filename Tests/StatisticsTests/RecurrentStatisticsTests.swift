import BitModel
import LayerStatistics
import Network
import ONNX
import Quantization
import Statistics
import TestSupport
import Testing
import Torch

@Suite("Statistics of recurrent layers")
struct RecurrentStatisticsTests {
  private let images: Tensor
  private let labels = (0..<6).map { $0 % 3 }
  private let quantization: PostTrainingQuantization

  /// A bidirectional LSTM over three steps of four numbers, and a classifier of its last states.
  init() throws {
    var builder = NetworkBuilder(channels: 3, size: 2)
    builder.add("Transpose", "t", ["x"], ("perm", .integers([1, 0, 2, 3])))
    builder.constant("steps", TensorValue([Int64(3), -1, 4], shape: [3]))
    builder.add("Reshape", "s", ["t", "steps"])
    builder.constant("w", TensorValue(builder.numbers(64), shape: [2, 8, 4]))
    builder.constant("r", TensorValue(builder.numbers(32), shape: [2, 8, 2]))
    builder.constant("b", TensorValue(builder.numbers(32), shape: [2, 16]))
    builder.graph.nodes.append(
      Node(
        "LSTM", name: "layer", inputs: ["s", "w", "r", "b"], outputs: ["", "h"],
        attributes: ["direction": .string("bidirectional"), "hidden_size": .integer(2)]))
    builder.add("Transpose", "n", ["h"], ("perm", .integers([1, 0, 2])))
    builder.add("Flatten", "f", ["n"])
    builder.product("y", "f", from: 4, to: 3)
    images = try Tensor(builder.numbers(72), shape: [6, 3, 2, 2])
    quantization = try PostTrainingQuantization(
      builder.model("y"), name: "recurrent", calibration: [images], threads: 1)
  }

  @Test("rounding one of both weights changes the loss as its derivatives say")
  func perturbations() throws {
    let collector = PerturbationCollector(
      quantization: quantization, images: images, labels: labels, weightBits: [4, 8], activationBits: [8])
    let table = try #require(try collector.collect(StatisticsOptions(threads: 2), calibration: "images"))
    #expect(quantization.network.layers.map(\.operatorType) == ["LSTM", "LSTM", "Gemm"])
    for layer in 0..<3 {
      func value(_ statistic: PerturbationStatistic) throws -> Double {
        try #require(table.value(statistic, layer: layer, bits: 8))
      }
      let predicted = try value(.gradientProduct) + 0.5 * value(.hessianProduct)
      let scale = try abs(value(.gradientProduct)) + abs(value(.hessianProduct))
      #expect(try abs(value(.lossIncrease) - predicted) < 0.1 * scale + 5e-6)
      #expect(try value(.fisherProduct) > 0)
      #expect(try value(.outputError) > 0)
    }
  }

  @Test("squares of the derivatives of single images sum to those of their gradients")
  func fisher() throws {
    let network = quantization.network
    let collector = StatisticsCollector(network: network, images: images, labels: labels)
    let found = try #require(try collector.collect(StatisticsOptions(probes: 2, threads: 2)))
    var sums = [Double](repeating: 0, count: 3)
    for image in 0..<6 {
      let weights = try network.weights.map { try $0.trackingGradients() }
      let replacements = Dictionary(uniqueKeysWithValues: zip(network.weightIndices, weights))
      let output = try network.forward(
        images.sliced(dimension: 0, from: image, to: image + 1), replacing: replacements
      ).output
      let loss = try output.crossEntropy(labels: Tensor([Int64(labels[image])], shape: [1]), smoothing: 0)
      for (layer, gradient) in try gradients(of: [loss], withRespectTo: weights).enumerated() {
        sums[layer] += try #require(gradient).squared().sum().item()
      }
    }
    for layer in 0..<3 {
      let fisher = try #require(found.tensors[.fisher]?[layer]).sum().item()
      #expect(abs(fisher - sums[layer] / 6) < 1e-4 * fisher)
    }
  }
}
