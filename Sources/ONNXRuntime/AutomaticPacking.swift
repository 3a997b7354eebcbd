import Foundations
import Quantization

extension WeightPacking {
  /// The least packing of some bits under an arithmetic that the ONNX Runtime that is found computes rightly.
  ///
  /// What cannot be packed is said as a notice.
  public static func automatic(
    for weightBits: [Int], arithmetic: Arithmetic, context: WorkContext
  ) -> WeightPacking {
    guard arithmetic == .float else { return .standard(arithmetic) }
    guard weightBits.contains(where: { $0 <= 2 }) else { return .least }
    guard let judge = ONNXRuntimeJudge() else {
      context.notice("no ONNX Runtime was found to try 2-bit integers in; they are stored in 4 bits")
      return .fourBit
    }
    guard judge.runsTwoBitIntegers() else {
      context.notice(
        "2-bit integers did not come out right in ONNX Runtime, or it did not start; they are stored in 4 bits"
      )
      return .fourBit
    }
    return .least
  }
}
