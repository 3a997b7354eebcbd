import BitModel
import Foundations
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch

@Suite("Bias correction")
struct BiasCorrectionTests {
  /// The mean squared error of the logits, relative to their variance.
  private func error(
    _ fire: SparseFireNetwork, bits: Int, correctsBias: Bool, rounding: Rounding = .nearest
  ) throws -> Double {
    var options = QuantizationOptions()
    options.rounding = rounding
    options.correctsBias = correctsBias
    let quantization = try PostTrainingQuantization(
      fire.model, name: "fire", calibration: fire.batches, options: options, threads: 2)
    let layers = quantization.network.layers.count
    let configuration = BitConfiguration(
      weightBits: (0..<layers).map { $0 == 0 || $0 == layers - 1 ? 8 : bits }, activationBits: 8)
    let rounded = try quantization.quantized(configuration, threads: 2)
      .logits(batches: fire.batches, threads: 2)
    let float = try fire.batches.map { try quantization.network.logits($0) }
    let (expected, found) = try (
      Tensor.concatenated(float, dimension: 0), Tensor.concatenated(rounded, dimension: 0)
    )
    let spread = try expected.subtracting(expected.mean(over: [0], keepingRank: true)).squared().mean().item()
    return try found.subtracting(expected).squared().mean().item() / spread
  }

  @Test(
    "sparse channels of joined branches come nearer to the float network's", arguments: [3, 4],
    [UInt64(5), 6, 7])
  func joinedBranches(bits: Int, seed: UInt64) throws {
    let fire = try SparseFireNetwork(seed: seed)
    let plain = try error(fire, bits: bits, correctsBias: false)
    let corrected = try error(fire, bits: bits, correctsBias: true)
    print(bits, seed, plain, corrected)
    #expect(corrected < plain)
  }
}
