import Allocation
import BitModel
import Compression
import Datasets
import Foundation
import Foundations
import Network
import ONNX
import Proxies
import Quantization
import TestSupport
import Testing
import Torch
import Workloads

@Suite("Choice of a correction")
struct CorrectionChoiceTests {
  /// Batches [32, 2, 6, 6] of uniform values.
  private func batches(_ count: Int, purpose: String, from lowest: Double, to highest: Double) throws
    -> [Tensor]
  {
    var stream = RandomStream(seed: 9, purpose: purpose)
    return try (0..<count).map { _ in
      try Tensor(
        (0..<2304).map { _ in Float(lowest + (highest - lowest) * stream.uniform()) }, shape: [32, 2, 6, 6])
    }
  }

  /// What corrections that are computed on some images come to on others.
  private func choice(calibration: [Tensor], measured: [Tensor], threads: Int) throws -> CorrectionChoice {
    let quantization = try PostTrainingQuantization(
      Model(contentsOf: TestFiles.golden("small-network.onnx")), name: "small", calibration: calibration,
      threads: threads)
    let corrections = quantization.possibleCorrections
    #expect(corrections == Correction.allCases)
    let divergence = try PredictionDivergence(
      quantization.network, batches: measured.map { Inputs($0) }, threads: threads)
    let networks = try quantization.quantized(
      BitConfiguration(weightBits: [8, 2, 2, 2, 8], activationBits: 8), under: corrections, threads: threads)
    return try CorrectionChoice(
      measured: zip(corrections, networks).map { .init(correction: $0, divergence: try divergence($1)) })
  }

  @Test("keeps a correction that helps, and none where all harm; the same for any number of threads")
  func byDivergence() throws {
    let measured = try batches(4, purpose: "measured", from: -1, to: 1)
    for (calibration, helps) in [
      (try batches(4, purpose: "calibration", from: -1, to: 1), true),
      // What is true of such images is not true of those that are measured.
      (try batches(4, purpose: "calibration", from: 1, to: 9), false),
    ] {
      let choices = try [1, 2].map {
        try choice(calibration: calibration, measured: measured, threads: $0)
      }
      #expect(choices[0].description == choices[1].description)
      #expect((choices[0].kept != .none) == helps, "\(choices[0])")
      #expect(choices[0].measured.map(\.divergence) == choices[1].measured.map(\.divergence))
      #expect(
        choices[0].measured.first { $0.correction == choices[0].kept }?.divergence == choices[0].divergence)
    }
  }

  @Test("of equal ones the first is kept, and no number is no reason to correct")
  func ties() {
    func kept(_ divergences: [Double]) -> Correction {
      CorrectionChoice(
        measured: zip(Correction.allCases, divergences).map { .init(correction: $0, divergence: $1) }
      ).kept
    }
    #expect(kept([0.2, 0.1, 0.1, 0.3]) == .bias)
    #expect(kept([0.1, 0.1, 0.1, 0.1]) == .none)
    #expect(kept([.infinity, .infinity, .infinity, .infinity]) == .none)
    #expect(kept([.infinity, 0.5, .infinity, 0.4]) == .batchNormAndBias)
  }

  private func compression(
    _ change: (inout CompressionRequest) -> Void = { _ in }, threads: Int = 2
  ) throws -> Compression {
    let workload = try Workload(
      model: "\(TestFiles.repository)/Models/fashion-resnet.onnx", preprocessing: .preset("fashion-mnist"))
    var options = QuantizationOptions()
    options.rounding = .nearest
    var request = try CompressionRequest(
      data: Dataset.open("\(TestFiles.fashion)#train#0:400"),
      test: Dataset.open("\(TestFiles.fashion)#test#1600:1700"),
      space: AllocationSpace(of: workload.network.costs), budgets: [Budget(parsing: "2.5bits")],
      quantization: options, calibrationImages: 100)
    change(&request)
    return try Compression(workload, request, context: WorkContext(threads: threads))
  }

  @Test(
    "is measured on images chosen by, as far as there are enough on others than corrections are computed on",
    arguments: [100, 400])
  func images(calibrationImages: Int) throws {
    let compression = try compression { $0.calibrationImages = calibrationImages }
    func digests(_ dataset: Dataset) throws -> Set<String> {
      Set(try dataset.imageDigests(threads: 2).map { "\($0)" })
    }
    let (measured, fitted) = try (digests(compression.measuredImages), digests(compression.calibration))
    #expect(measured.isDisjoint(with: try digests(compression.images.keptApart.proof)))
    #expect(measured.isSubset(of: try digests(compression.images.chosenBy)))
    #expect(fitted.count == calibrationImages)
    #expect(measured.count == 400)
    // Where fewer are drawn than there are, those of the calibration come last.
    let few = compression.images.chosenBy.sample(300, seed: 1, after: 100)
    #expect(
      try digests(few).isDisjoint(with: digests(compression.images.chosenBy.sample(100, seed: 1))))
  }

  @Test("is the same for any number of threads, and is what the file has", arguments: [false, true])
  func pipeline(isSequential: Bool) throws {
    let proxy = try #require(HandcraftedProxy.all.first { $0.name == "weight_error" })
    func run(_ folder: String, threads: Int, _ change: (inout CompressionRequest) -> Void = { _ in }) throws
      -> (
        result: CompressionPipeline.Result, file: Data
      )
    {
      var options = CompressionPipeline.Options()
      options.statisticsImages = 8
      options.refinements = isSequential ? 0 : 4
      let path = "\(folder)/\(threads).onnx"
      let compression = try compression(
        {
          $0.quantization.isSequential = isSequential
          change(&$0)
        }, threads: threads)
      let result = try CompressionPipeline(compression, proxy: proxy, options: options).run(writing: path)
      return (result, try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    try TestFiles.withFolder { folder in
      let (one, two) = (try run(folder, threads: 1), try run(folder, threads: 2))
      #expect(one.file == two.file)
      #expect(one.result.correction.description == two.result.correction.description)
      let choice = one.result.correction
      #expect(choice.measured.map(\.correction) == Correction.allCases)
      #expect(choice.divergence < choice.measured[0].divergence, "\(choice)")

      let forced = try run(folder, threads: 2) {
        $0.measuresCorrections = false
        $0.quantization.correction = choice.kept
      }
      #expect(forced.result.correction.measured.map(\.correction) == [choice.kept])
      if forced.result.allocation.configuration == one.result.allocation.configuration {
        #expect(forced.file == one.file)
        #expect(forced.result.correction.divergence == choice.divergence)
      }
    }
  }
}
