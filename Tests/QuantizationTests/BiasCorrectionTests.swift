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
    options.correction = correctsBias ? .bias : .none
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

  @Test("sparse channels of joined branches come nearer to the float network's", arguments: 1...6)
  func joinedBranches(seed: Int) throws {
    let fire = try SparseFireNetwork(seed: UInt64(seed))
    let plain = try error(fire, bits: 4, correctsBias: false)
    let corrected = try error(fire, bits: 4, correctsBias: true)
    #expect(corrected < 0.85 * plain)
  }

  @Test("a shift is that of least squared error behind the activation function", arguments: [0, 1, 2, 3])
  func leastSquares(layer: Int) throws {
    let fire = try SparseFireNetwork(seed: 1)
    let network = try Network(fire.model)
    let tail = network.activationTail(ofLayer: layer)
    #expect(tail.count == 1)
    let rounded = try QuantizedWeight(nearest: network.weights[layer], axis: 0, bits: 3).dequantized()
    var taps = Taps()
    taps.weight = { index, weight in index == layer ? rounded : weight }
    func states(_ taps: Taps) throws -> [ForwardState] {
      try fire.batches.map { batch in
        try withoutGradients {
          var state = try network.beginning(batch)
          try network.advance(&state, to: network.layerSteps[layer] + 1, taps: taps)
          return state
        }
      }
    }
    let (before, after) = (try states(Taps()), try states(taps))
    func outputs(_ states: [ForwardState]) throws -> Tensor {
      try Tensor.concatenated(states.map { try network.output(ofLayer: layer, in: $0) }, dimension: 0)
    }
    let (float, present) = (try outputs(before), try outputs(after))
    let meanShift = try float.mean(over: [0, 2, 3]).subtracting(present.mean(over: [0, 2, 3]))
    let shift = try ActivatedShift(
      network: network, layer: layer, tail: tail, float: before, rounded: after, threads: 2
    ).best(meanShift: meanShift)
    func errors(_ shift: Tensor) throws -> [Double] {
      try present.adding(shift.reshaped([1, -1, 1, 1])).relu().subtracting(float.relu()).squared()
        .sum(over: [0, 2, 3]).doubles()
    }
    let found = try errors(shift)
    for (channel, (none, mean)) in try zip(errors(meanShift.scaled(by: 0)), errors(meanShift)).enumerated() {
      #expect(found[channel] <= min(none, mean) * 1.0001)
    }
    var least = found.map { _ in Double.infinity }
    for step in -100...100 {
      least = try zip(least, errors(meanShift.scaled(by: 0).adding(.scalar(Double(step) / 100)))).map {
        min($0, $1)
      }
    }
    #expect(found.reduce(0, +) <= 1.02 * least.reduce(0, +))
  }
}
