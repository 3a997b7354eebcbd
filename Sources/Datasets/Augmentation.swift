import Foundations

/// Random changes that make training images differ from epoch to epoch.
public struct Augmentation: Sendable, Equatable, Codable {
  /// Whether half of the images are mirrored left to right.
  public var flips: Bool
  /// How far images are shifted at most, in pixels, each way; what comes in at the edge is zero.
  public var shift: Int
  /// The side of a square that is blanked out at a random place, in pixels; 0 for none.
  public var erased: Int

  /// Makes an augmentation.
  public init(flips: Bool = true, shift: Int = 2, erased: Int = 0) {
    self.flips = flips
    self.shift = shift
    self.erased = erased
  }

  /// Changes one image of shape [channels, height, width], the same way for the same (seed, epoch, index).
  public func apply(
    _ values: ArraySlice<Float>, shape: [Int], seed: UInt64, epoch: Int, index: Int
  ) -> [Float] {
    let (channels, height, width) = (shape[0], shape[1], shape[2])
    var stream = RandomStream(seed: seed, purpose: "augmentation \(epoch)", index: UInt64(index))
    let mirrored = stream.integer(below: 2) == 1 && flips
    let down = stream.integer(below: 2 * shift + 1) - shift
    let right = stream.integer(below: 2 * shift + 1) - shift
    let eraseTop = stream.integer(below: height) - erased / 2
    let eraseLeft = stream.integer(below: width) - erased / 2
    var result = [Float](repeating: 0, count: values.count)
    let start = values.startIndex
    for channel in 0..<channels {
      for row in 0..<height {
        let sourceRow = row - down
        guard sourceRow >= 0, sourceRow < height else { continue }
        for column in 0..<width {
          let shifted = column - right
          guard shifted >= 0, shifted < width else { continue }
          if erased > 0, row >= eraseTop, row < eraseTop + erased, column >= eraseLeft,
            column < eraseLeft + erased
          {
            continue
          }
          let sourceColumn = mirrored ? width - 1 - shifted : shifted
          result[(channel * height + row) * width + column] =
            values[start + (channel * height + sourceRow) * width + sourceColumn]
        }
      }
    }
    return result
  }
}
