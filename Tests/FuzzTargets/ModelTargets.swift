import Foundation
import Foundations
import Network
import ONNX
import Torch

extension FuzzTarget {
  private static let words =
    [
      "Constant", "If", "then_branch", "else_branch", "axis", "axes", "perm", "pads", "strides", "dilations",
      "group",
      "kernel_shape", "auto_pad", "SAME_UPPER", "VALID", "ceil_mode", "mode", "reflect", "edge", "linear",
      "cubic",
      "nearest", "equation", "ij,jk->ik", "...i->...", "num_outputs", "allowzero", "keepdims", "batch_dims",
      "to",
      "value", "value_ints", "direction", "bidirectional", "hidden_size", "activations", "layout", "epsilon",
      "blocksize", "exclusive", "largest", "reduction", "location", "offset", "length", "weights.bin",
      "../weights.bin",
      "/etc/hostname", "outside.bin", "coordinate_transformation_mode", "align_corners",
    ] + operatorNames

  /// Readers of networks.
  static let modelTargets = [
    FuzzTarget("onnx", fileName: "model.onnx", mutator: ProtobufMutator(words: words), readers: [readModel]),
    FuzzTarget(
      "network", fileName: "model.onnx", mutator: ProtobufMutator(words: words), readers: [runModel]),
  ]

  /// What tracing a network may take here; whoever fuzzes allows the process 512 MiB.
  private static let tracedBytes = FileLimit(name: "tracedBytes", unit: "bytes", greatest: 64 << 20)

  /// And its products of matrices: a fuzzer waits for ten seconds.
  private static let tracedProducts = FileLimit(
    name: "tracedProducts", unit: "multiplications", greatest: 1 << 34)

  /// Reads a model, with a file of 256 bytes for external data and a link that leads out of its folder, and rewrites it.
  @Sendable private static func readModel(_ path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    let data = "\(folder)/weights.bin"
    if !FileManager.default.fileExists(atPath: data) {
      try Data(0...255).write(to: URL(fileURLWithPath: data))
      symlink("/etc/hostname", "\(folder)/outside.bin")
    }
    let model = try Model(contentsOf: path)
    let again = try Model(model.serialized(), name: "model.onnx")
    guard again.graph.nodes.count == model.graph.nodes.count else {
      throw BrokenPromise(description: "a model has other nodes after it is written and read")
    }
    _ = model.leastOpset
    _ = try model.restoringConstantNodes().serialized()
    var rewritten = try model.foldingBatchNormalization().inliningFunctions().upgraded(toOpset: 21)
    rewritten.graph.mergeIdenticalInitializers()
    rewritten.graph.shortenValueNames()
    rewritten.graph.removeDefaultAttributes()
    _ = try rewritten.serialized()
  }

  @Sendable private static func runModel(_ path: String) throws {
    var options = NetworkOptions()
    options.tracedBytes = tracedBytes
    options.tracedProducts = tracedProducts
    let network = try Network(Model(contentsOf: path), name: "model", options: options)
    try withLimits(bytes: tracedBytes, products: tracedProducts) {
      _ = try network.logits(network.blankInputs(max(2, network.batch.least)))
    }
    _ = (network.weights.count, try network.digest())
  }
}
