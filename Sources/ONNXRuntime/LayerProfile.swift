import Foundations
import ONNX

/// How a file's time is spread over its layers.
public struct LayerProfile: Sendable, Equatable {
  /// The median time of the whole file, in milliseconds.
  public let median: Double
  /// The time of each layer with the nodes that belong to it, in milliseconds, by the layer's name; they add up to
  /// ``median``.
  public let milliseconds: [String: Double]

  /// Times the layers of files side by side, as ``LatencyMeasurement/measured(_:options:judge:context:)`` does the whole.
  ///
  /// A second session of each file, run in turn with the first, profiles its nodes. The median time of the first one,
  /// which no profiling slows, is spread over nodes as the profile is. Each node's share goes to the layer that it
  /// belongs to in the ``OptimizedGraph``: what quantizes, dequantizes, clips or lays out anew to the first layer that
  /// takes what it gives, if any; all else to the layer before it in the order of execution.
  ///
  /// - Parameters:
  ///   - files: ONNX files, and what messages call them.
  ///   - layers: the names of the layers whose times are wanted, nodes of the files.
  ///   - options: how files are run.
  ///   - judge: what runs the files.
  ///   - context: threads, cancellation and progress.
  /// - Throws: as `LatencyMeasurement.measured` does, and `ONNXError` where a file has no layers.
  public static func measured(
    _ files: [(path: String, name: String)], layers: [String], options: LatencyMeasurement.Options = .init(),
    judge: ONNXRuntimeJudge, context: WorkContext
  ) throws -> [LayerProfile] {
    let sources = try files.map { try Model(contentsOf: $0.path).graph }
    return try TemporaryFolder.with { folder in
      let run = LatencyRun(options: options, judge: judge)
      let places = files.indices.map { "\(folder)/\($0)" }
      let results = try run.results(
        of: zip(files, places).map {
          .init(path: $0.path, name: $0.name, optimized: "\($1).onnx", profile: "\($1)-profile")
        },
        context: context)
      return try files.indices.map { index in
        let graph = OptimizedGraph(
          source: sources[index], optimized: try Model(contentsOf: "\(places[index]).onnx").graph)
        guard
          let profile = LayerProfile(
            LatencyMeasurement(
              file: files[index].path, milliseconds: results[index].seconds.map { 1000 * $0 }, fileBytes: 0
            ).median, nodes: results[index].nodes.map { ($0.name, $0.seconds) },
            owners: graph.owners(among: Set(layers)))
        else {
          throw ONNXError(
            "\(files[index].name): has no layers (Conv, Gemm or MatMul) whose times could be told")
        }
        return profile
      }
    }
  }

  /// The time of a layer, in milliseconds; 0 where nothing was told to be it.
  public func time(of layer: String) -> Double { milliseconds[layer] ?? 0 }

  /// Spreads a time, in milliseconds, over layers; nil where there are none.
  package init?(_ median: Double, nodes: [(name: String, seconds: Double)], owners: [String: String]) {
    let total = nodes.reduce(0) { $0 + $1.seconds }
    guard total > 0, var owner = nodes.lazy.compactMap({ owners[$0.name] }).first else { return nil }
    var milliseconds: [String: Double] = [:]
    for node in nodes {
      owner = owners[node.name] ?? owner
      milliseconds[owner, default: 0] += median * node.seconds / total
    }
    self.median = median
    self.milliseconds = milliseconds
  }
}
