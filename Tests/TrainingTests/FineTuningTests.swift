import BitModel
import Datasets
import Foundation
import Foundations
import Network
import ONNX
import Quantization
import TestSupport
import Testing
import Torch
import Training

@Suite("Fine-tuning")
struct FineTuningTests {
  @Test("steps of weights have the gradient of the paper's equation 3, and values the straight-through one")
  func weightGradient() throws {
    let values: [Double] = [-2.3, -0.4, 0.2, 0.9, 1.4, 5, -0.1, 0.35]
    let (steps, zeros, highest) = ([0.5, 0.3], [1.0, 2.0], 3.0)
    let weight = try Tensor(values.map { Float($0) }, shape: [2, 4]).trackingGradients()
    let step = try Tensor(steps.map { Float($0) }, shape: [2]).trackingGradients()
    let upstream: [Double] = [1, -2, 3, 0.5, 1, 1, -1, 2]
    let factor = LearnedStep.gradientFactor(count: 4, highest: highest)
    #expect(abs(factor - 1 / 12.0.squareRoot()) < 1e-12)
    let rounded = try LearnedStep.rounded(
      weight, steps: step, zeros: Tensor(zeros.map { Float($0) }, shape: [2]), axis: 0, lowest: 0,
      highest: highest, factor: factor)
    let found = try gradients(
      of: [rounded], weights: [Tensor(upstream.map { Float($0) }, shape: [2, 4])],
      withRespectTo: [weight, step])
    var (expectedValues, expectedWeight, expectedStep) = ([Double](), [Double](), [0.0, 0.0])
    for (index, value) in values.enumerated() {
      let channel = index / 4
      let ratio = value / steps[channel]
      let (low, high) = (-zeros[channel], highest - zeros[channel])
      let level = ratio.rounded(.toNearestOrEven)
      let isInside = level >= low && level <= high
      expectedValues.append(max(low, min(high, level)) * steps[channel])
      expectedWeight.append(isInside ? upstream[index] : 0)
      expectedStep[channel] +=
        factor * upstream[index] * (isInside ? level - ratio : level < low ? low : high)
    }
    #expect(relativeDifference(try rounded.doubles(), expectedValues) < 1e-6)
    #expect(relativeDifference(try #require(found[0]).doubles(), expectedWeight) < 1e-6)
    #expect(relativeDifference(try #require(found[1]).doubles(), expectedStep) < 1e-5)
  }

  @Test("the step of a layer's input has the gradient of the paper's equation 3")
  func inputGradient() throws {
    let values: [Double] = [-1, 0.1, 0.26, 0.74, 3, 0.5]
    let (scale, factor) = (0.2, 0.25)
    let step = try Tensor([Float(scale)], shape: [1]).trackingGradients()
    let rounded = try LearnedStep.rounded(
      Tensor(values.map { Float($0) }, shape: [1, 6]), step: step, zero: Tensor.full(0, shape: [1]),
      highest: 7, factor: factor)
    let expected = values.reduce(0) { sum, value in
      let level = (value / scale).rounded(.toNearestOrEven)
      return sum + factor * (level < 0 ? 0 : level > 7 ? 7 : level - value / scale)
    }
    let found = try #require(gradients(of: [rounded.sum()], withRespectTo: [step])[0])
    #expect(abs(try found.item() - expected) < 1e-5)
  }

  /// Weights from −1 to 1 with one channel of zeros.
  private func weight() throws -> Tensor {
    var stream = RandomStream(seed: 5, purpose: "fine-tuning test")
    let values = (0..<6 * 18).map { $0 < 18 ? 0 : Float(2 * stream.uniform() - 1) }
    return try Tensor(values, shape: [6, 2, 3, 3])
  }

  @Test(
    "training begins at the integers of any rounding, with batch norms folded or apart",
    arguments: [2, 4, 8], [false, true])
  func beginning(bits: Int, isApart: Bool) throws {
    let float = try weight()
    let grid = try WeightGrid(float, axis: 0, bits: bits)
    // Not the nearest levels: some moved by one.
    var stream = RandomStream(seed: 6, purpose: "moved levels")
    let moves = try Tensor(
      (0..<float.count).map { _ in Float(stream.integer(below: 3) - 1) }, shape: float.shape)
    let levels = try grid.nearestLevels(of: float).adding(moves).clamped(grid.lowest, grid.highest)
    let start = QuantizedWeight(grid: grid, levels: levels)
    let factors = isApart ? try Tensor([2, -0.5, 1, 0.1, -3, 1e-6] as [Float], shape: [6]) : nil
    let learned = try LearnedWeight(start, float: float, factors: factors)
    let result = try learned.quantized(learned.initialValue, ratio: learned.initialRatio, factors: factors)
    #expect(try result.levels.doubles() == levels.doubles())
    #expect(try result.grid.zeros.doubles() == grid.zeros.doubles())
    #expect(relativeDifference(try result.grid.scales.doubles(), try grid.scales.doubles()) < 1e-6)
    let trained = try learned.weight(learned.initialValue, ratio: learned.initialRatio)
    let folded = try factors.map { try trained.multiplied(by: $0.reshaped([6, 1, 1, 1])) } ?? trained
    #expect(relativeDifference(try folded.doubles(), try start.dequantized().doubles()) < 1e-5)
  }

  @Test(
    "a trained network gains over its quantization, and resumes from a checkpoint to the same bytes",
    .enabled(
      if: FileManager.default.fileExists(atPath: TestFiles.fashion), "Fashion-MNIST is not installed"),
    arguments: FineTuningOptions.BatchNorms.allCases)
  func gains(batchNorms: FineTuningOptions.BatchNorms) throws {
    let model = try Model(contentsOf: "\(TestFiles.repository)/Models/fashion-resnet.onnx")
    let preprocessing = try Preprocessing.preset("fashion-mnist")
    let training = try Dataset.open("\(TestFiles.fashion)#train#0:256")
    let batches = try training.batches(of: 128, preprocessing: preprocessing, threads: 2).map(\.images)
    let test = try Dataset.open("\(TestFiles.fashion)#test#0:500")
    let images = try test.batches(of: 125, preprocessing: preprocessing, threads: 2).map(\.images)
    let network = try Network(model)
    let quantization = try PostTrainingQuantization(
      model, name: "fashion-resnet", calibration: batches, threads: 2)
    let configuration = network.costs.uniform(2, activationBits: 4)
    let quantized = try quantization.quantized(configuration, threads: 2)
    func top1(_ network: QuantizedNetwork) throws -> Double {
      try Evaluation(
        logits: network.logits(batches: images, threads: 2), labels: test.requireLabels(classCount: 10),
        classCount: 10
      ).top1
    }
    let floats = try batches.flatMap { try $0.floats() }
    func tuner() throws -> FineTuner {
      try FineTuner(
        quantized, of: quantization, original: network,
        options: FineTuningOptions(epochs: 4, batchSize: 64, batchNorms: batchNorms), images: floats,
        labels: training.requireLabels(classCount: 10), identity: "test")
    }
    var whole = try tuner()
    let before = try top1(quantized)
    #expect(abs(try top1(whole.quantized()) - before) <= 0.004)
    while !whole.isFinished { try whole.step(threads: 2) }
    #expect(try top1(whole.quantized()) > before + 0.05)

    var first = try tuner()
    for _ in 0..<6 { try first.step(threads: 1) }
    var second = try tuner()
    try second.restore(first.checkpoint())
    #expect(second.completedSteps == 6)
    while !second.isFinished { try second.step(threads: 1) }
    #expect(
      try second.quantized().model().serialized() == whole.quantized().model().serialized())
    var damaged = first.checkpoint()
    damaged.tensors.removeLast()
    #expect(throws: FileError.self) { try second.restore(damaged) }
  }
}
