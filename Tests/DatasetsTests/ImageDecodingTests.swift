import Datasets
import Foundation
import Foundations
import TestSupport
import Testing

@Suite("Images of files")
struct ImageDecodingTests {
  /// A file and what Pillow or numpy has for its pixels.
  struct Case: Decodable, Sendable {
    let file: Data
    let height: Int
    let width: Int
    let pixels: [UInt8]
  }

  private static func cases() throws -> [String: Case] {
    let decoder = JSONDecoder()
    decoder.dataDecodingStrategy = .base64
    return try decoder.decode(
      [String: Case].self, from: Data(contentsOf: URL(fileURLWithPath: TestFiles.golden("images.json"))))
  }

  private static func decoded(_ file: Data, _ ending: String) throws -> RawImage {
    try TestFiles.withFolder { folder in
      try DatasetFiles.write(file, to: "\(folder)/a.\(ending)")
      return try Dataset.open(folder).image(at: 0)
    }
  }

  @Test(
    "are decoded to red, green, blue",
    arguments: [
      "rgb.png", "grey.png", "palette.png", "one-bit.png", "rgba.png", "grey-alpha.png", "grey-16.png",
      "rgb-16.png", "rgb.jpg", "rgb-420.jpg", "progressive.jpg", "grey.jpg",
    ])
  func decoding(name: String) throws {
    let expected = try #require(try Self.cases()[name])
    let image = try Self.decoded(expected.file, (name as NSString).pathExtension)
    #expect((image.height, image.width, image.channels) == (expected.height, expected.width, 3))
    #expect(image.pixels == .bytes(expected.pixels))
  }

  @Test("headers of huge images are refused before memory is taken", arguments: ["rgb.png", "rgb.jpg"])
  func hugeHeaders(name: String) throws {
    var file = try #require(try Self.cases()[name]).file
    if name.hasSuffix("png") {
      let place = try #require(file.range(of: Data("IHDR".utf8))).upperBound
      file.replaceSubrange(place..<place + 8, with: [0, 15, 0, 0, 0, 15, 0, 0])
      // The header's checksum has to fit, or the file is refused for that.
      let checksum = crc32(file[place - 4..<place + 13])
      file.replaceSubrange(
        place + 13..<place + 17, with: withUnsafeBytes(of: checksum.bigEndian) { Data($0) })
    } else {
      let place = try #require(file.range(of: Data([0xFF, 0xC0]))).lowerBound
      file.replaceSubrange(place + 5..<place + 9, with: [0xFD, 0xE8, 0xFD, 0xE8])
    }
    #expect { _ = try Self.decoded(file, (name as NSString).pathExtension) } throws: {
      "\($0)".contains("1 to \(FileLimits.imagePixels.greatest) pixels are needed")
    }
  }

  private func crc32(_ bytes: Data) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { checksum, byte in
      (0..<8).reduce(checksum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }

  @Test(
    "files that are changed anywhere are read or refused", arguments: ["rgb.png", "palette.png", "rgb.jpg"])
  func changed(name: String) throws {
    let file = try #require(try Self.cases()[name]).file
    var stream = RandomStream(seed: 3, purpose: name)
    var refusals = 0
    for _ in 0..<150 {
      var copy = file
      if stream.integer(below: 3) == 0 { copy = copy.prefix(stream.integer(below: copy.count)) }
      for _ in 0..<3 where !copy.isEmpty {
        copy[stream.integer(below: copy.count)] = UInt8(stream.integer(below: 256))
      }
      do {
        _ = try Self.decoded(copy, (name as NSString).pathExtension)
      } catch {
        #expect(error is any DescribedError)
        refusals += 1
      }
    }
    #expect(refusals > 0)
  }
}
