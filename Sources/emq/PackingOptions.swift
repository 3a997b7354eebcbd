import ArgumentParser
import Foundations
import ONNXRuntime
import Quantization

extension WeightPacking: ExpressibleByArgument {}

/// What weights of few bits are stored as.
struct PackingOptions: ParsableArguments {
  @Option(
    help: """
      What weights are stored as: least (2, 4 or 8 bits; needs ONNX Runtime with operator set 25), int4 (4 or 8 bits) or \
      int8; where not given, least if the ONNX Runtime that was found runs 2-bit integers, else int4.
      """)
  var packing: WeightPacking?

  /// The packing for weights of some bits; what cannot be packed is said on standard error.
  func packing(for weightBits: [Int]) throws -> WeightPacking {
    try packing ?? Self.automatic(weightBits)
  }

  /// The least packing that the ONNX Runtime that was found computes rightly.
  static func automatic(_ weightBits: [Int]) -> WeightPacking {
    guard weightBits.contains(where: { $0 <= 2 }) else { return .least }
    guard let judge = ONNXRuntimeJudge() else {
      Console.error("emq: no ONNX Runtime was found to try 2-bit integers in; they are stored in 4 bits")
      return .fourBit
    }
    guard judge.runsTwoBitIntegers() else {
      Console.error(
        "emq: 2-bit integers did not come out right in ONNX Runtime, or it did not start; they are stored in 4 bits"
      )
      return .fourBit
    }
    return .least
  }
}
