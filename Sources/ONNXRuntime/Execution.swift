import Foundations
import Network
import ONNX

/// How ONNX Runtime runs a quantized file: by which kernels, and how fast beside the float one.
public struct Execution: Sendable {
  /// What each layer became.
  public let kernels: [LayerKernel]
  /// Times of the float file and of the quantized one, on one thread; nil where they could not be run side by side.
  public let latencies: (float: LatencyMeasurement, quantized: LatencyMeasurement)?

  /// Seconds that both files are run for.
  private static let seconds = 2.0

  /// Asks ONNX Runtime; nil where that was not found or refuses the file, which is said as a notice.
  ///
  /// - Parameters:
  ///   - model: what the quantized file holds.
  ///   - file: the quantized file.
  ///   - original: the float file.
  ///   - network: whose inputs the files take.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  public static func ifPossible(
    _ model: Model, file: String, original: String, network: Network, context: WorkContext
  ) throws -> Execution? {
    guard let judge = ONNXRuntimeJudge(),
      let kernels = try LayerKernel.ofQuantized(model, file: file, context: context)
    else { return nil }
    var options = LatencyMeasurement.Options()
    options.amount = .seconds(seconds)
    options.inputShapes = network.shapesOfInputs
    do {
      let found = try LatencyMeasurement.measured(
        [original, file], options: options, judge: judge, context: context)
      return Execution(
        kernels: kernels, latencies: found.count == 2 ? (found[0], found[1]) : nil)
    } catch let error as FileError {
      context.notice("the latency is not known: \(error.description)")
      return Execution(kernels: kernels, latencies: nil)
    }
  }
}
