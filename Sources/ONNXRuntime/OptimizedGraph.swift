import Foundations
import ONNX

/// What ONNX Runtime runs a layer by.
public struct LayerKernel: Sendable, Equatable {
  /// The name of the layer's node in the file.
  public let layer: String
  /// The operator that it is in the optimized graph, such as `QLinearConv` or `FusedConv`; nil where it is part of
  /// another operator that no single layer can be told from.
  public let kernel: String?
  /// Whether that multiplies integers.
  public let isInteger: Bool
  /// Why it does not, in a few words; nil where it does.
  public let reason: String?

  /// Makes a description.
  public init(layer: String, kernel: String?, isInteger: Bool, reason: String?) {
    self.layer = layer
    self.kernel = kernel
    self.isInteger = isInteger
    self.reason = reason
  }
}

/// The graph that ONNX Runtime makes of a file for the processor, and what became of its layers.
///
///     let graph = try OptimizedGraph(of: "quantized.onnx", judge: judge)
///     for layer in graph.layers where !layer.isInteger { print(layer.layer, layer.reason ?? "") }
///
/// All optimizations are on, as they are where nobody turns them off; what comes out depends on the processor, too.
public struct OptimizedGraph: Sendable {
  /// What became of each node that multiplies (Conv, Gemm, MatMul and their integer forms), in the order of the file.
  public let layers: [LayerKernel]
  private let links: GraphLinks
  private let kernels: [String: Node]

  private static let script = """
    import sys
    try:
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.optimized_model_filepath = sys.argv[2]
        onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
    """

  /// Asks ONNX Runtime for the graph that it makes of a file.
  ///
  /// - Throws: `FileError` with what ONNX Runtime said where it refuses the file, `ONNXError` where the file, or the
  ///   optimized one, cannot be read.
  public init(of file: String, judge: ONNXRuntimeJudge) throws {
    let source = try Model(contentsOf: file)
    self = try TemporaryFolder.with { folder in
      do {
        try PythonScript(python: judge.python, text: Self.script).run([file, "\(folder)/optimized.onnx"])
      } catch let failure as PythonScript.Failure {
        throw FileError(.unavailable, "\(file): ONNX Runtime failed: \(failure.reason)")
      }
      return OptimizedGraph(
        source: source.graph, optimized: try Model(contentsOf: "\(folder)/optimized.onnx").graph)
    }
  }

  /// Finds the layers of a graph in the one that ONNX Runtime has made of it.
  package init(source: Graph, optimized: Graph) {
    let links = GraphLinks(optimized)
    self.links = links
    let kernels = KernelMatching(source: GraphLinks(source), optimized: links).kernels()
    layers = source.nodes.filter(OperatorKind.isMultiplying).map { layer in
      guard let kernel = kernels[layer.name] else {
        return LayerKernel(
          layer: layer.name, kernel: nil, isInteger: false, reason: "is part of another operator")
      }
      let isInteger = OperatorKind.isInteger(kernel)
      return LayerKernel(
        layer: layer.name, kernel: kernel.operatorType, isInteger: isInteger,
        reason: isInteger ? nil : FloatReason(links: links).text(of: kernel))
    }
    self.kernels = kernels
  }

  /// The layer that each node of the optimized graph belongs to, by the node's name.
  ///
  /// - Parameter layers: the names of layers that count.
  package func owners(among layers: Set<String>) -> [String: String] {
    NodeOwnership(links: links, layers: kernels.filter { layers.contains($0.key) }).owners()
  }
}
