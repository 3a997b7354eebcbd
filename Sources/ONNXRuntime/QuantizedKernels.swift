import Foundations
import ONNX
import Quantization

extension LayerKernel {
  /// What ONNX Runtime runs the layers of a quantized file by; nil of a file that is not quantized, or where it cannot be
  /// asked, which is said as a notice.
  public static func ofQuantized(
    _ model: Model, file: String, context: WorkContext
  ) throws -> [LayerKernel]? {
    guard try !LayerEncoding.layers(of: model).isEmpty else { return nil }
    guard let judge = ONNXRuntimeJudge() else {
      context.notice("no ONNX Runtime was found, so the kernels of layers are not known")
      return nil
    }
    do {
      return try OptimizedGraph(of: file, judge: judge).layers
    } catch let error as any DescribedError {
      context.notice("the kernels of layers are not known: \(error.description)")
      return nil
    }
  }
}
