import Foundation
import Foundations
import Quantization
import Workloads

extension Workload {
  /// All that rounded weights depend on: the network and what is said of it, the options, and the examples as the network
  /// takes them.
  func identity(of options: QuantizationOptions, calibration: LoadedExamples) throws -> [String] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let tensors = calibration.batches.flatMap { $0.tensors + [$0.ignored].compactMap(\.self) }
    return try [
      network.digest(), String(decoding: encoder.encode(network.options), as: UTF8.self),
      options.layerwiseIdentity, "\(options.seed)",
    ] + tensors.map { sha256(try $0.bytes()) }
  }
}
