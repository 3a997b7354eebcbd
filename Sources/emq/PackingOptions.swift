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

  /// Checks that weights can be stored so.
  ///
  /// - Throws: `ValidationError` where the packing is one of another arithmetic.
  func require(_ arithmetic: Arithmetic) throws {
    guard let packing, !packing.serves(arithmetic) else { return }
    let possible = WeightPacking.allCases.filter { $0.serves(arithmetic) }.map(\.rawValue)
    throw ValidationError(
      "--packing \(packing.rawValue) is not one of --arithmetic \(arithmetic.rawValue), which has"
        + " \(possible.joined(separator: ", "))")
  }
}
