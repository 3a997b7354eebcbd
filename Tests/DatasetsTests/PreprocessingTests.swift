import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Preprocessing")
struct PreprocessingTests {
  /// One row of two pixels: 10, 20, 30 and 40, 50, 60.
  private let colour: RawImage
  private let grey: RawImage

  init() throws {
    colour = try RawImage(height: 1, width: 2, channels: 3, pixels: .bytes([10, 20, 30, 40, 50, 60]))
    grey = try RawImage(height: 1, width: 2, channels: 1, pixels: .bytes([51, 255]))
  }

  private func isClose(_ values: [Float], _ expected: [Float]) -> Bool {
    values.count == expected.count && zip(values, expected).allSatisfy { abs($0 - $1) < 1e-5 }
  }

  @Test("numbers become (x − mean) / std, channel by channel")
  func normalization() throws {
    let preprocessing = try Preprocessing(mean: [0.5, 0.4, 0.3], std: [0.5, 0.25, 0.2])
    let result = try preprocessing.apply(colour, name: "x")
    #expect(result.shape == [3, 1, 2])
    let expected: [Float] = [
      (10 / 255 - 0.5) / 0.5, (40 / 255 - 0.5) / 0.5, (20 / 255 - 0.4) / 0.25, (50 / 255 - 0.4) / 0.25,
      (30 / 255 - 0.3) / 0.2, (60 / 255 - 0.3) / 0.2,
    ]
    #expect(isClose(result.values, expected))
    #expect(try preprocessing.apply(grey, name: "x").shape == [3, 1, 2])
  }

  @Test("one number stands for all channels")
  func spreading() throws {
    let one = try Preprocessing(mean: [0], std: [1])
    #expect(try one.apply(colour, name: "x").shape == [3, 1, 2])
    #expect(
      isClose(
        try one.apply(colour, name: "x").values, [10, 40, 20, 50, 30, 60].map { $0 / 255 }))
    #expect(try one.apply(grey, name: "x").shape == [1, 1, 2])
    #expect(try Preprocessing(mean: [0], std: [1, 2, 4]).mean == [0, 0, 0])
    #expect(try Preprocessing(mean: [0, 1, 2], std: [3]).std == [3, 3, 3])
    // A network of colours gets them of grey images, too.
    #expect(try one.spread(overChannels: 3).apply(grey, name: "x").shape == [3, 1, 2])
    #expect(one.spread(overChannels: 1) == one)
  }

  @Test("the scale 0 to 255 leaves bytes as they are, and floats in any case")
  func scale() throws {
    let bytes = try Preprocessing(mean: [127], std: [128], scale: .bytes)
    #expect(isClose(try bytes.apply(grey, name: "x").values, [(51 - 127) / 128, 1]))
    let same = try Preprocessing(mean: [127 / 255], std: [128 / 255])
    #expect(isClose(try same.apply(grey, name: "x").values, try bytes.apply(grey, name: "x").values))
    let floats = try RawImage(height: 1, width: 2, channels: 1, pixels: .floats([0.5, 255]))
    #expect(isClose(try bytes.apply(floats, name: "x").values, [(0.5 - 127) / 128, 1]))
  }

  @Test("blue, green, red come in that order, with means in it")
  func channelOrder() throws {
    let mean: [Float] = [1, 2, 3]
    let reversed = try Preprocessing(mean: mean, std: [1], scale: .bytes, channelOrder: .bgr)
    #expect(isClose(try reversed.apply(colour, name: "x").values, [29, 59, 18, 48, 7, 37]))
    #expect(isClose(try reversed.apply(grey, name: "x").values, [50, 254, 49, 253, 48, 252]))
    let family = try Preprocessing(mean: mean, std: [4, 5, 6]).reordered(.bgr)
    #expect(family.mean == [3, 2, 1] && family.std == [6, 5, 4] && family.channelOrder == .bgr)
    #expect(family.reordered(.bgr) == family)
  }

  @Test(
    "sizes and numbers that make no sense are refused in words, not options",
    arguments: [
      ([0.5, 0.5], [1], nil, nil, "the mean has 2 numbers"),
      ([0.5], [0], nil, nil, "standard deviation [0.0]"),
      ([.nan], [1], nil, nil, "mean [nan]"), ([0], [1], 0, nil, "resized to 0 pixels"),
      ([0], [1], Int.max, nil, "resized to 9223372036854775807 pixels"),
      ([0], [1], nil, -3, "cropped to -3 pixels"),
    ] as [([Float], [Float], Int?, Int?, String)])
  func refused(mean: [Float], std: [Float], resize: Int?, crop: Int?, words: String) {
    #expect {
      _ = try Preprocessing(mean: mean, std: std, resize: resize, crop: crop)
    } throws: { "\($0)".contains(words) && !"\($0)".contains("--") }
  }

  @Test(
    "an image has as many numbers as its size says",
    arguments: [(1, 1, 3), (2, 2, 1), (0, 2, 1), (-1, -3, 1), (Int.max, 2, 2)])
  func imageSizes(height: Int, width: Int, channels: Int) {
    #expect(throws: DatasetError.self) {
      try RawImage(height: height, width: width, channels: channels, pixels: .bytes([1, 2]))
    }
  }

  @Test("images that do not fit are named")
  func misfits() throws {
    #expect {
      _ = try Preprocessing(mean: [0], std: [1], crop: 5).apply(colour, name: "the image")
    } throws: {
      "\($0)".contains("the image: is 2 × 1 pixels, less than the crop of 5 × 5") && !"\($0)".contains("--")
    }
    let four = try RawImage(height: 1, width: 1, channels: 4, pixels: .bytes([1, 2, 3, 4]))
    #expect {
      _ = try Preprocessing(mean: [0, 0, 0], std: [1]).apply(four, name: "i")
    } throws: { "\($0)".contains("i: has 4 channels, but the preprocessing has 3") }
    #expect {
      _ = try Preprocessing(mean: [0], std: [1], channelOrder: .bgr).apply(four, name: "i")
    } throws: { "\($0)".contains("has 4 channels; only those of a colour image") }
    // A strip of one pixel would become one of gigabytes.
    let strip = try RawImage(
      height: 1, width: 60_000, channels: 1, pixels: .bytes([UInt8](repeating: 0, count: 60_000)))
    #expect {
      _ = try Preprocessing(mean: [0], std: [1], resize: 4096).apply(strip, name: "strip")
    } throws: { "\($0)".contains("strip, resized: is of 245760000 × 4096 pixels") }
  }

  @Test("presets that do not exist list those that do")
  func presets() throws {
    for name in Preprocessing.presetNames {
      #expect(try Preprocessing.preset(name).std.allSatisfy { $0 > 0 })
    }
    #expect {
      _ = try Preprocessing.preset("cifar")
    } throws: { error in
      "\(error)".contains("cifar10, imagenet, efficientnet-lite, fashion-mnist")
    }
  }

  @Test("ImageNet images are decoded, resized and cropped", .enabled(if: TestFiles.hasShared))
  func imageFolder() throws {
    let dataset = try Dataset.open(TestFiles.shared("data/imagenet-sample")).prefix(4)
    let preprocessing = try Preprocessing.preset("imagenet")
    #expect(try dataset.imageShape(preprocessing) == [3, 224, 224])
    let small = try Preprocessing(mean: [0, 0, 0], std: [1, 1, 1], resize: 64, crop: 64)
    let large = try Preprocessing(mean: [0, 0, 0], std: [1, 1, 1], resize: 256, crop: 256)
    func mean(_ values: [Float]) -> Float { values.reduce(0, +) / Float(values.count) }
    let image = try dataset.image(at: 0)
    // Resizing with antialiasing keeps the mean colour of the same square.
    #expect(
      abs(mean(try small.apply(image, name: "s").values) - mean(try large.apply(image, name: "l").values))
        < 0.01)
  }
}
