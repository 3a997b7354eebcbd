import BitModel
import Foundation
import Foundations
import ONNXRuntime

/// How ONNX Runtime runs a quantized file.
public struct ExecutionReport: Report {
  private struct Latency: Encodable {
    let floatMs, quantizedMs, ratio: Double
  }

  private let kernels: KernelSummary
  @Nullable private var latency: Latency?
  private let unit: ExampleUnit

  private enum CodingKeys: String, CodingKey { case kernels, latency }

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - costs: of the network's layers.
  ///   - unit: what the network takes.
  public init(_ execution: Execution, costs: CostModel, unit: ExampleUnit) {
    self.unit = unit
    let byLayer = Dictionary(execution.kernels.map { ($0.layer, $0) }) { first, _ in first }
    kernels = KernelSummary(costs.layers.map { (byLayer[$0.name], $0.name, $0.macs) })
    latency = execution.latencies.map {
      Latency(
        floatMs: $0.float.median, quantizedMs: $0.quantized.median,
        ratio: $0.quantized.median / $0.float.median)
    }
  }

  /// Kernels, and the times where they are known.
  public func text(width: Int?) -> String {
    guard let latency else { return kernels.text }
    return kernels.text
      + String(
        format: "\n%@ takes %.3f ms on one thread, %.3f ms in the float network (ratio %.2f)",
        unit.withArticle, latency.quantizedMs, latency.floatMs, latency.ratio)
  }
}
