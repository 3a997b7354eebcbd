import BitModel
import Foundations
import Quantization

/// Gives configurations the correction under which they diverge least from the float network.
///
/// Which one that is depends on the network and its bits: where a rounding shifts the means of channels, biases make up for
/// much of it; elsewhere corrections fit the images that they are computed on.
final class CorrectionMeasurement {
  /// A configuration under its best correction.
  struct Found {
    let quantized: QuantizedNetwork
    let choice: CorrectionChoice
  }

  /// How the weights of a configuration are rounded.
  enum Way {
    /// Each layer by itself, as what bits are chosen by.
    case layerwise
    /// As in the result.
    case result
  }

  /// What configurations are measured by.
  let divergence: PredictionDivergence
  private let compression: Compression
  /// What was found last, the first the earliest.
  private var known: [(configuration: BitConfiguration, isSequential: Bool, found: Found)] = []

  init(_ compression: Compression) throws {
    self.compression = compression
    divergence = try compression.predictionDivergence()
  }

  /// The network with some bits under its best correction.
  ///
  /// - Throws: `WorkInterrupted` where it is asked to stop.
  func best(_ configuration: BitConfiguration, rounded way: Way = .result) throws -> Found {
    let (corrections, context) = (compression.corrections, compression.context)
    let quantization =
      switch way {
      case .layerwise: compression.quantization
      case .result: compression.resultQuantization
      }
    let isSequential = quantization.options.isSequential
    if let last = known.last(where: { $0.configuration == configuration && $0.isSequential == isSequential })
    {
      return last.found
    }
    let networks = try quantization.quantized(
      configuration, under: corrections, images: compression.effort.correctedImages, context: context)
    let choice = try CorrectionChoice(
      measured: zip(corrections, networks).map { correction, network in
        try context.checkCancellation()
        return .init(correction: correction, divergence: try divergence(network))
      })
    context.detail("divergence of predictions by correction: \(choice)")
    let kept = corrections.firstIndex(of: choice.kept) ?? 0
    let found = Found(quantized: networks[kept], choice: choice)
    // A refinement compares two configurations, of which one is the result.
    known = known.suffix(1) + [(configuration, isSequential, found)]
    return found
  }

  /// Correcting by an image takes the time of measuring some sixteen, so that a refinement under a correction by so few
  /// takes twice as long as under none.
  private static let measuredToCorrected = 16
  /// Images that are enough to correct by where configurations are only compared.
  private static let leastImages = 32

  /// The correction that a refinement measures configurations under, and about how many images it is computed on: the best
  /// one of the choice that it begins with, where that about doubles the refinement's time at most; else none.
  func forRefinement(from choice: CorrectionChoice) -> (kind: Correction, images: Int?) {
    let images = compression.measuredImages.count / Self.measuredToCorrected
    return images < Self.leastImages ? (.none, nil) : (choice.kept, images)
  }
}
