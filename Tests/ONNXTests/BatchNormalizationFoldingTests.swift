import ONNX
import TestSupport
import Testing

/// A layer and its batch norm, with what numpy makes of them in float64.
struct FoldingCase: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let kind: String
  let shape: [Int]
  let epsilon: Float
  let weight: [Float]
  let bias: [Float]?
  let scale: [Float]
  let shift: [Float]
  let mean: [Float]
  let variance: [Float]
  let foldedWeight: [Double]
  let foldedBias: [Double]

  static let all = (try? TestFiles.goldenJSON("batch_normalization.json", as: [FoldingCase].self)) ?? []
  var testDescription: String { name }

  /// The layer, its batch norm, and a Relu.
  var model: Model {
    let channels = scale.count
    var graph = Graph(name: "g", inputs: [ValueInfo(name: "x")], outputs: [ValueInfo(name: "y")])
    graph.initializers["w"] = TensorValue(weight, shape: shape)
    if let bias { graph.initializers["b"] = TensorValue(bias, shape: [channels]) }
    for (name, values) in [("scale", scale), ("shift", shift), ("mean", mean), ("variance", variance)] {
      graph.initializers[name] = TensorValue(values, shape: [channels])
    }
    graph.nodes = [
      Node(
        kind == "Conv" ? "Conv" : "Gemm", name: "layer", inputs: ["x", "w"] + (bias == nil ? [] : ["b"]),
        outputs: ["layer_out"], attributes: kind == "GemmTransposed" ? ["transB": .integer(1)] : [:]),
      Node(
        "BatchNormalization", name: "norm", inputs: ["layer_out", "scale", "shift", "mean", "variance"],
        outputs: ["norm_out"], attributes: ["epsilon": .float(epsilon)]),
      Node("Relu", name: "relu", inputs: ["norm_out"], outputs: ["y"]),
    ]
    return Model(graph: graph, opset: 17)
  }
}

@Suite("Folding of batch norms")
struct BatchNormalizationFoldingTests {

  @Test("there are cases")
  func cases() { #expect(FoldingCase.all.count == 4) }

  @Test("gives the weight and bias that numpy gives", arguments: FoldingCase.all)
  func values(item: FoldingCase) throws {
    let folded = try item.model.foldingBatchNormalization()
    #expect(folded.graph.nodes.map(\.name) == ["layer", "relu"])
    let layer = folded.graph.nodes[0]
    #expect(layer.outputs == ["norm_out"])
    let weight = try #require(folded.graph.initializers[layer.inputs[1]])
    let bias = try #require(folded.graph.initializers[layer.inputs[2]])
    #expect(weight.shape == item.shape && bias.shape == [item.scale.count])
    #expect(relativeDifference(try weight.doubles(), item.foldedWeight) < 1e-7)
    #expect(relativeDifference(try bias.doubles(), item.foldedBias) < 1e-7)
    // Nothing of what was folded is left.
    #expect(folded.graph.initializers.count == 2)
  }

  @Test("by hand: w·γ/√(σ²+ε) and (b−μ)·γ/√(σ²+ε) + β")
  func byHand() throws {
    let item = FoldingCase(
      name: "hand", kind: "Conv", shape: [2, 1, 1, 1], epsilon: 1, weight: [3, -2], bias: [1, 5],
      scale: [4, 2], shift: [10, 20], mean: [3, 1], variance: [3, 15], foldedWeight: [], foldedBias: [])
    let folded = try #require(try item.model.foldableBatchNormalizations().first)
    #expect(folded.layer == 0 && folded.norm == 1)
    #expect(try folded.weight.floats() == [6, -1])
    #expect(try folded.bias.floats() == [6, 22])
  }

  @Test("a batch norm stays where the layer's output is used elsewhere too")
  func otherUses() throws {
    var model = try #require(FoldingCase.all.first).model
    model.graph.outputs.append(ValueInfo(name: "layer_out"))
    #expect(try model.foldableBatchNormalizations().isEmpty)
    #expect(try model.foldingBatchNormalization().graph.nodes.count == 3)
    model.graph.outputs.removeLast()
    model.graph.nodes.append(Node("Neg", name: "other", inputs: ["layer_out"], outputs: ["other"]))
    #expect(try model.foldableBatchNormalizations().isEmpty)
  }

  @Test("a batch norm stays where a weight or a statistic is computed, or a Gemm is scaled")
  func notConstant() throws {
    var model = try #require(FoldingCase.all.first).model
    model.graph.nodes[1].inputs[3] = "x"
    #expect(try model.foldableBatchNormalizations().isEmpty)
    model = try #require(FoldingCase.all.last).model
    model.graph.nodes[0].attributes["alpha"] = .float(2)
    #expect(try model.foldableBatchNormalizations().isEmpty)
    model.graph.nodes[0].attributes["alpha"] = .float(1)
    #expect(try model.foldableBatchNormalizations().count == 1)
  }

  @Test("a weight that two layers share is folded for each of them")
  func shared() throws {
    var model = try #require(FoldingCase.all.first { $0.kind == "Conv" }).model
    model.graph.nodes += [
      Node("Conv", name: "second", inputs: ["x", "w"], outputs: ["second_out"])
    ]
    model.graph.outputs.append(ValueInfo(name: "second_out"))
    let folded = try model.foldingBatchNormalization()
    let second = try #require(folded.graph.nodes.first { $0.name == "second" })
    #expect(second.inputs == ["x", "w"])
    #expect(folded.graph.initializers["w"] == model.graph.initializers["w"])
    #expect(folded.graph.initializers["w_folded"] != nil)
  }
}
