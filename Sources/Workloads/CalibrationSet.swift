import Datasets
import Quantization

extension Dataset {
  /// Images that ranges are found on and weights are rounded by, where nobody says how many.
  public static let calibrationCount = 1024

  /// Images to calibrate a rounding on, drawn at random.
  ///
  /// - Parameters:
  ///   - count: how many; nil for ``calibrationCount`` or all there are.
  ///   - rounding: what they are for.
  ///   - seed: what randomness is derived from.
  /// - Throws: ``DatasetError`` where there are fewer than asked for, or too few to round by.
  public func calibrationSet(_ count: Int?, rounding: Rounding, seed: UInt64) throws -> Dataset {
    if let count, count > self.count {
      throw DatasetError(
        "\(path): has only \(unit.counted(self.count)), of which \(count) are asked for to calibrate on",
        kind: .usage)
    }
    let images = sample(count ?? Self.calibrationCount, seed: seed)
    let least = rounding.leastImages
    guard images.count >= least else {
      throw DatasetError(
        "\(path): \(images.count) calibration \(images.count == 1 ? unit.rawValue : unit.plural) are too few for the rounding \(rounding.name);"
          + " \(least) or more are needed", kind: .usage)
    }
    return images
  }
}
