import Benchmarks
import BitModel
import Foundation
import Foundations
import Quantization
import RankStatistics
import TestSupport
import Testing
import Torch

/// A benchmark of a network that there is not, measured by drawing images at random.
enum SampleBenchmark {
  static let imageCount = 1000
  static let costs = CostModel(
    layers: (0..<12).map { LayerCost(name: "l\($0)", parameters: 100 * ($0 + 1), macs: 1000) })

  static func description(
    seed: UInt64 = 1, network: String = "abc", rounding: Rounding = .nearest
  ) -> BenchmarkDescription {
    var options = QuantizationOptions()
    options.rounding = rounding
    return BenchmarkDescription(
      model: "m.onnx", network: network, costs: costs,
      evaluation: .init(path: "e", digest: "1", count: imageCount),
      calibration: .init(path: "c", digest: "2", count: 8), weightBits: [2, 3, 4], activationBits: [8],
      quantization: options, design: .random, seed: seed, floatTop1: 0.9)
  }

  /// A row whose images are right with some probability.
  static func row(_ index: Int, accuracy: Double, role: BenchmarkRow.Role = .drawn) -> BenchmarkRow {
    var stream = RandomStream(seed: 3, purpose: "sample benchmark", index: UInt64(index))
    let correct = (0..<imageCount).map { _ in stream.uniform() < accuracy }
    let losses = correct.map { ($0 ? 0.1 : 2.5) + stream.uniform() }
    var bits = [8, 8]
    var rest = index
    for _ in 0..<10 {
      bits.insert(2 + rest % 3, at: 1)
      rest /= 3
    }
    return BenchmarkRow(
      configuration: BitConfiguration(weightBits: bits, activationBits: 8), role: role, correct: correct,
      agreements: correct.map { $0 ? 1 : 0.5 }, losses: losses, divergences: losses.map { $0 / 3 },
      seconds: 0.25)
  }

  static func rows(_ count: Int, accuracy: (Int) -> Double) -> [BenchmarkRow] {
    (0..<count).map { row($0, accuracy: accuracy($0)) }
  }
}
