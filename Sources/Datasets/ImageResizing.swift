import Torch

extension RawImage {
  /// The image with its short side brought to a length, bilinear and with antialiasing.
  ///
  /// - Parameter name: for messages.
  /// - Throws: ``DatasetError`` where it would be too large.
  package func resized(shortSide: Int, name: String) throws -> RawImage {
    let short = min(height, width)
    guard short != shortSide else { return self }
    let (tall, wide) = (
      height == short ? shortSide : height * shortSide / short,
      width == short ? shortSide : width * shortSide / short
    )
    try RawImage.requireSize(height: tall, width: wide, name: "\(name), resized")
    let tensor = try Tensor(values, shape: [1, height, width, channels])
    let scaled = try Tensor.single(
      "aten::_upsample_bilinear2d_aa",
      [
        .tensor(tensor.permuted([0, 3, 1, 2]).contiguous()), .ints([tall, wide]), .bool(false), .none, .none,
      ])
    let numbers = try scaled.permuted([0, 2, 3, 1]).contiguous().floats()
    // Images of bytes stay bytes, as image libraries have it.
    let resized: Pixels =
      if case .bytes = pixels {
        .bytes(numbers.map { UInt8(max(0, min(255, $0.rounded(.toNearestOrAwayFromZero)))) })
      } else {
        .floats(numbers)
      }
    return try RawImage(height: tall, width: wide, channels: channels, pixels: resized)
  }
}
