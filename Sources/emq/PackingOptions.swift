import ArgumentParser
import Foundations
import Quantization

extension WeightPacking: ExpressibleByArgument {}

/// What weights of few bits are stored as.
struct PackingOptions: ParsableArguments {
  @Option(
    help: """
      What weights are stored as: function (without a gap, unpacked by a function of the model when a session is made), \
      inline (the same by nodes of the graph), or int8; under --arithmetic float least (2, 4 or 8 bits; needs ONNX Runtime \
      with operator set 25), int4 (4 or 8 bits) or int8; where not given, function; under --arithmetic float least if the \
      ONNX Runtime that was found runs 2-bit integers, else int4.
      """)
  var packing: WeightPacking?

  /// The packing for weights of some bits.
  func packing(for weightBits: [Int], arithmetic: Arithmetic, context: WorkContext) -> WeightPacking {
    packing ?? .automatic(for: weightBits, arithmetic: arithmetic, context: context)
  }
}
