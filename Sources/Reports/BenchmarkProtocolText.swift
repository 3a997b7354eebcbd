import Benchmarks
import Foundation

extension BenchmarkDescription {
  /// How a benchmark was measured, a line a fact.
  func protocolText(drawn: Int) -> String {
    protocolFacts(drawn: drawn).map { $0.name.padding(toLength: 16, withPad: " ", startingAt: 0) + $0.value }
      .joined(separator: "\n")
  }

  /// How a benchmark was measured.
  ///
  /// - Parameter drawn: how many configurations were drawn.
  public func protocolFacts(drawn: Int) -> [(name: String, value: String)] {
    func list(_ bits: [Int]) -> String { bits.map(String.init).joined(separator: ", ") }
    let options = quantization
    var rounding = options.rounding.name
    if options.isSequential { rounding += ", sequential" }
    if options.rounding.seesInputs {
      rounding +=
        options.weightRange == .output ? ", ranges by the output's error" : ", ranges by the weight's error"
    }
    if options.rounding.isIterative {
      rounding += ", \(options.iterations) iterations"
    }
    if options.weights.symmetry != .automatic { rounding += ", \(options.weights.symmetry.rawValue)" }
    if options.weights.granularity != .channel { rounding += ", per tensor" }
    if options.correction.correctsBias { rounding += ", bias correction" }
    if options.correction.reestimatesBatchNorms { rounding += ", batch norms re-estimated" }
    return [
      ("network", "\(model), \(costs.layers.count) quantizable layers"),
      ("configurations", "\(drawn), \(design.rawValue), seed \(seed)"),
      ("weights", "\(list(weightBits)) bits, first and last layer 8; rounding: \(rounding)"),
      ("activations", "\(list(activationBits)) bits, ranges: \(options.calibration.rawValue)"),
      (
        "evaluation",
        "\(evaluation.count) images of \(evaluation.path)"
          + (views > 1 ? "; kl and agreement over \(views) views of each" : "")
      ),
      ("calibration", "\(calibration.count) images of \(calibration.path)"),
    ]
  }
}
