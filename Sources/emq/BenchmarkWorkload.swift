import BenchmarkBuilding
import Benchmarks
import Datasets
import Network
import ONNX
import Quantization

/// A network with its images, ready to be measured.
struct BenchmarkWorkload {
  let builder: BenchmarkBuilder
  let evaluation: BenchmarkDescription.ImageSet
  let calibration: BenchmarkDescription.ImageSet
  let views: Int

  init(
    source: Model, name: String, inputShape: [Int]?, evaluation: Dataset, images: Int?,
    views: Int = 1, calibration: Dataset,
    preprocessing: Preprocessing, options: QuantizationOptions, threads: Int
  ) throws {
    let network = try Network(source, name: name, inputShape: inputShape)
    let calibrationImages = try LoadedImages(
      calibration, network: network, preprocessing: preprocessing, needsLabels: false, threads: threads)
    let evaluationImages = try LoadedImages(
      evaluation, network: network, preprocessing: preprocessing, needsLabels: true, limit: images,
      threads: threads)
    let quantization = try PostTrainingQuantization(
      source, name: name, inputShape: inputShape, calibration: calibrationImages.batches,
      options: options, threads: threads)
    builder = try BenchmarkBuilder(
      quantization: quantization, images: evaluationImages.batches, labels: evaluationImages.labels,
      views: views, threads: threads)
    self.views = views
    self.evaluation = .init(
      path: Self.fileName(evaluation.path), digest: evaluation.digest, count: evaluationImages.labels.count)
    self.calibration = .init(
      path: Self.fileName(calibration.path), digest: calibration.digest, count: calibration.count)
  }

  func description(
    model: String, network: String, bits: [Int], activationBits: [Int], design: ConfigurationSampler.Design,
    seed: UInt64
  ) -> BenchmarkDescription {
    BenchmarkDescription(
      model: Self.fileName(model), network: network, costs: builder.quantization.costs,
      evaluation: evaluation,
      views: views, calibration: calibration, weightBits: bits, activationBits: activationBits,
      quantization: builder.quantization.options, design: design, seed: seed,
      floatTop1: builder.reference.top1)
  }

  /// A path without its folders, which differ from machine to machine.
  private static func fileName(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
