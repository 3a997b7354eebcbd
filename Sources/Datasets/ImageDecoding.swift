import CPNG
import CTurboJPEG
import Foundation
import Foundations

/// Decodes a JPEG file by libjpeg-turbo or a PNG file by libpng, to red, green, blue.
func decodeImage(_ path: String) throws -> RawImage {
  let data = try AtomicFile.read(path)
  if data.starts(with: [0xFF, 0xD8]) { return try decodeJPEG(data, path) }
  if data.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return try decodePNG(data, path) }
  throw DatasetError("\(path): is neither a JPEG nor a PNG image")
}

private func decodeJPEG(_ data: Data, _ path: String) throws -> RawImage {
  guard let decoder = tjInitDecompress() else {
    throw DatasetError("\(path): no JPEG decoder could be made", kind: .software)
  }
  defer { tjDestroy(decoder) }
  return try data.withUnsafeBytes { (raw: UnsafeRawBufferPointer) in
    let bytes = raw.bindMemory(to: UInt8.self)
    var width: Int32 = 0
    var height: Int32 = 0
    var subsampling: Int32 = 0
    var colours: Int32 = 0
    guard
      tjDecompressHeader3(
        decoder, bytes.baseAddress, UInt(bytes.count), &width, &height, &subsampling, &colours) == 0
    else { throw DatasetError("\(path): is not a readable JPEG image") }
    guard colours != Int32(TJCS_CMYK.rawValue), colours != Int32(TJCS_YCCK.rawValue) else {
      throw DatasetError("\(path): is a CMYK image; convert it to RGB")
    }
    try RawImage.requireSize(height: Int(height), width: Int(width), name: path)
    var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height) * 3)
    let status = tjDecompress2(
      decoder, bytes.baseAddress, UInt(bytes.count), &pixels, width, 0, height, Int32(TJPF_RGB.rawValue),
      TJFLAG_ACCURATEDCT)
    guard status == 0 else { throw DatasetError("\(path): is a damaged JPEG image, or is cut short") }
    return try RawImage(height: Int(height), width: Int(width), channels: 3, pixels: .bytes(pixels))
  }
}

private func decodePNG(_ data: Data, _ path: String) throws -> RawImage {
  try data.withUnsafeBytes { (raw: UnsafeRawBufferPointer) in
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard png_image_begin_read_from_memory(&image, raw.baseAddress, raw.count) != 0 else {
      throw DatasetError("\(path): is not a readable PNG image")
    }
    try RawImage.requireSize(height: Int(image.height), width: Int(image.width), name: path)
    image.format = UInt32(PNG_FORMAT_FLAG_COLOR)
    // Numbers of 16 bits are colours as those of 8 are, unless the file says otherwise; libpng takes them for linear.
    image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
    var pixels = [UInt8](repeating: 0, count: Int(image.width) * Int(image.height) * 3)
    var background = png_color(red: 0, green: 0, blue: 0)
    guard png_image_finish_read(&image, &background, &pixels, 0, nil) != 0 else {
      throw DatasetError("\(path): is a damaged PNG image, or is cut short")
    }
    return try RawImage(
      height: Int(image.height), width: Int(image.width), channels: 3, pixels: .bytes(pixels))
  }
}
