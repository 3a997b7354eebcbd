import Torch

/// What is done to an image before a network sees it: resize, crop, normalize.
///
/// The short side is resized to ``resize`` (bilinear, with antialiasing), the centre square of ``crop`` is
/// cut out, and each number x on the scale 0 to 1 becomes (x − mean) / std.
public struct Preprocessing: Sendable, Equatable, Codable {
  /// The mean of each channel, on the scale 0 to 1.
  public var mean: [Float]
  /// The standard deviation of each channel, on the scale 0 to 1.
  public var std: [Float]
  /// The length that the short side is resized to; nil leaves it.
  public var resize: Int?
  /// The side of the square cut from the centre; nil leaves all.
  public var crop: Int?

  /// Makes a preprocessing.
  ///
  /// - Throws: ``DatasetError`` where mean and std do not fit each other or a size is not positive.
  public init(mean: [Float], std: [Float], resize: Int? = nil, crop: Int? = nil) throws {
    guard mean.count == std.count, mean.count == 1 || mean.count == 3 else {
      throw DatasetError(
        "--mean has \(mean.count) numbers and --std \(std.count); both need 1 or 3", kind: .usage)
    }
    guard std.allSatisfy({ $0 > 0 && $0.isFinite }), mean.allSatisfy(\.isFinite) else {
      throw DatasetError("--std \(std): positive numbers are needed", kind: .usage)
    }
    guard resize.map({ $0 > 0 }) ?? true, crop.map({ $0 > 0 }) ?? true else {
      throw DatasetError("--resize and --crop need positive sizes", kind: .usage)
    }
    self.mean = mean
    self.std = std
    self.resize = resize
    self.crop = crop
  }

  /// The names that ``preset(_:)`` knows.
  public static let presetNames = ["cifar10", "imagenet", "efficientnet-lite", "fashion-mnist"]

  /// The preprocessing that a family of networks was trained with.
  ///
  /// - Throws: ``DatasetError`` listing the names there are.
  public static func preset(_ name: String) throws -> Preprocessing {
    let mean: [Float] = [0.485, 0.456, 0.406]
    let std: [Float] = [0.229, 0.224, 0.225]
    switch name {
    case "cifar10": return try Preprocessing(mean: mean, std: std)
    case "imagenet": return try Preprocessing(mean: mean, std: std, resize: 256, crop: 224)
    case "efficientnet-lite":
      // (x − 127) / 128 on the scale 0 to 255.
      let third = [Float](repeating: 127 / 255, count: 3)
      return try Preprocessing(
        mean: third, std: [Float](repeating: 128 / 255, count: 3), resize: 256, crop: 224)
    case "fashion-mnist": return try Preprocessing(mean: [0.2860], std: [0.3530])
    default:
      throw DatasetError(
        "there is no preset '\(name)'; the presets are \(presetNames.joined(separator: ", "))", kind: .usage)
    }
  }

  /// The numbers of an image in channel-major order, and their shape [channels, height, width].
  ///
  /// - Throws: ``DatasetError`` where the image is smaller than the crop or has other channels.
  public func apply(_ image: RawImage, name: String) throws -> (values: [Float], shape: [Int]) {
    let resized = try resizedImage(image)
    let height = crop ?? resized.height
    let width = crop ?? resized.width
    guard resized.height >= height, resized.width >= width else {
      throw DatasetError(
        "\(name): is \(resized.width) × \(resized.height) pixels, less than the crop of \(width) × \(height);"
          + " --resize makes it larger")
    }
    let top = (resized.height - height) / 2
    let left = (resized.width - width) / 2
    let channels = mean.count
    guard resized.channels == channels || resized.channels == 1 else {
      throw DatasetError("\(name): has \(resized.channels) channels, but the preprocessing has \(channels)")
    }
    let source = resized.values
    let scale = resized.fullScale
    var values = [Float](repeating: 0, count: channels * height * width)
    for channel in 0..<channels {
      let factor = 1 / (scale * std[channel])
      let offset = -mean[channel] / std[channel]
      let sourceChannel = resized.channels == 1 ? 0 : channel
      for row in 0..<height {
        var from = ((top + row) * resized.width + left) * resized.channels + sourceChannel
        let to = (channel * height + row) * width
        for column in 0..<width {
          values[to + column] = source[from] * factor + offset
          from += resized.channels
        }
      }
    }
    return (values, [channels, height, width])
  }

  private func resizedImage(_ image: RawImage) throws -> RawImage {
    guard let resize, min(image.height, image.width) != resize else { return image }
    let short = min(image.height, image.width)
    let height = image.height == short ? resize : image.height * resize / short
    let width = image.width == short ? resize : image.width * resize / short
    let tensor = try Tensor(image.values, shape: [1, image.height, image.width, image.channels])
    let scaled = try Tensor.single(
      "aten::_upsample_bilinear2d_aa",
      [
        .tensor(tensor.permuted([0, 3, 1, 2]).contiguous()), .ints([height, width]), .bool(false), .none,
        .none,
      ])
    let values = try scaled.permuted([0, 2, 3, 1]).contiguous().floats()
    // Images of bytes stay bytes, as image libraries have it.
    let pixels: RawImage.Pixels =
      if case .bytes = image.pixels {
        .bytes(values.map { UInt8(max(0, min(255, $0.rounded(.toNearestOrAwayFromZero)))) })
      } else {
        .floats(values)
      }
    return RawImage(height: height, width: width, channels: image.channels, pixels: pixels)
  }
}
