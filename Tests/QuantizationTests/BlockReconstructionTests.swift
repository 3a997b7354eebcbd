import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch

/// A residual block, with what `Tests/Golden/block_reconstruction.py` makes of it.
private struct ReconstructionCase: Decodable {
  struct Result: Decodable {
    let bits: Int
    let scales, zeros, levels: [[Double]]
  }
  let seed: UInt64
  let iterations: Int
  let images, stem, first, second, classifier: [Float]
  let importance: [Double]
  let cases: [Result]

  /// A convolution, the block, a classifier and a pool.
  func network() throws -> Network {
    var graph = Graph(
      name: "block",
      inputs: [ValueInfo(name: "x", shape: [.named("n"), .fixed(2), .fixed(5), .fixed(5)])],
      outputs: [ValueInfo(name: "y")])
    graph.initializers["stem.w"] = TensorValue(stem, shape: [3, 2, 3, 3])
    graph.initializers["first.w"] = TensorValue(first, shape: [3, 3, 3, 3])
    graph.initializers["second.w"] = TensorValue(second, shape: [3, 3, 1, 1])
    // A classifier of the mean, as the mean of a classifier, so that the block ends before it.
    graph.initializers["classifier.w"] = TensorValue(classifier, shape: [4, 3, 1, 1])
    func add(_ type: String, _ name: String, _ inputs: [String], pad: Int = 0) {
      graph.nodes.append(
        Node(
          type, name: name, inputs: inputs, outputs: [name],
          attributes: type == "Conv" ? ["pads": .integers([pad, pad, pad, pad])] : [:]))
    }
    add("Conv", "stem", ["x", "stem.w"], pad: 1)
    add("Relu", "entering", ["stem"])
    add("Conv", "first", ["entering", "first.w"], pad: 1)
    add("Relu", "inner", ["first"])
    add("Conv", "second", ["inner", "second.w"])
    add("Add", "sum", ["entering", "second"])
    add("Relu", "leaving", ["sum"])
    add("Conv", "classifier", ["leaving", "classifier.w"])
    add("GlobalAveragePool", "pool", ["classifier"])
    add("Flatten", "y", ["pool"])
    return try Network(Model(graph: graph, opset: 17))
  }
}

@Suite("Block reconstruction")
struct BlockReconstructionTests {
  @Test("importance and learned levels equal those of the loss written out in float64", arguments: [1, 2])
  func golden(threads: Int) throws {
    let item = try TestFiles.goldenJSON("block_reconstruction.json", as: ReconstructionCase.self)
    let network = try item.network()
    let block = try #require(network.blocks().first { $0.layers == [1, 2] })
    let reconstruction = try BlockReconstruction(
      network: network, block: block, calibration: [Inputs(Tensor(item.images, shape: [6, 2, 5, 5]))],
      seed: item.seed, threads: threads)
    let importance = try reconstruction.samples[0].flatMap { try $0.importance.contiguous().doubles() }
    #expect(relativeDifference(importance, item.importance) < 1e-4)
    for expected in item.cases {
      let grids = try zip(expected.scales, expected.zeros).map { scales, zeros in
        WeightGrid(
          bits: expected.bits, scheme: WeightScheme(symmetry: .asymmetric),
          scales: try Tensor(scales.map { Float($0) }, shape: [scales.count]),
          zeros: try Tensor(zeros.map { Float($0) }, shape: [zeros.count]), axis: 0)
      }
      let levels = try reconstruction.levels(
        grids: grids, iterations: item.iterations, seed: item.seed, threads: threads)
      for (found, wanted) in zip(levels, expected.levels) { #expect(try found.doubles() == wanted) }
    }
  }
}
