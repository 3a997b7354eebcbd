import CPNG
import Foundation

extension RawImage {
  /// The image as a PNG file of 8 bits; nil where it is neither grey nor of three colours.
  ///
  /// Numbers of arrays that are no bytes are spread from their least to their greatest.
  public func png() -> Data? {
    guard channels == 1 || channels == 3, height > 0, width > 0 else { return nil }
    let bytes: [UInt8]
    switch pixels {
    case .bytes(let known): bytes = known
    case .floats(let values):
      guard let least = values.min(), let greatest = values.max(), least.isFinite, greatest.isFinite else {
        return nil
      }
      let range = max(greatest - least, .leastNormalMagnitude)
      bytes = values.map { UInt8(max(0, min(255, (255 * ($0 - least) / range).rounded()))) }
    }
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(width)
    image.height = UInt32(height)
    image.format = channels == 1 ? 0 : UInt32(PNG_FORMAT_FLAG_COLOR)
    defer { png_image_free(&image) }
    var size = png_alloc_size_t(0)
    guard png_image_write_to_memory(&image, nil, &size, 0, bytes, 0, nil) != 0, size > 0 else { return nil }
    var file = Data(count: Int(size))
    let isWritten = file.withUnsafeMutableBytes {
      png_image_write_to_memory(&image, $0.baseAddress, &size, 0, bytes, 0, nil) != 0
    }
    return isWritten ? file.prefix(Int(size)) : nil
  }
}
