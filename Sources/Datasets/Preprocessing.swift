import Torch

/// What is done to an image before a network sees it: resize, crop, normalize.
///
/// The short side is resized to ``resize`` (bilinear, with antialiasing), the centre square of ``crop`` is
/// cut out, and each number x on the ``scale`` becomes (x − mean) / std.
public struct Preprocessing: Sendable, Equatable {
  /// The scale that bytes are brought to before they are normalized; floats are taken as they are.
  public enum Scale: Int, Sendable, CaseIterable, Codable {
    /// 0 to 1.
    case one = 1
    /// 0 to 255, as bytes are.
    case bytes = 255
  }

  /// The order of a network's channels.
  public enum ChannelOrder: String, Sendable, CaseIterable, Codable {
    /// Red, green, blue, as images have them.
    case rgb
    /// Blue, green, red.
    case bgr
  }

  /// The mean of each of the network's channels, or one for all, on the scale ``scale``.
  public var mean: [Float]
  /// The standard deviation of each of the network's channels, or one for all, on the scale ``scale``.
  public var std: [Float]
  /// The length that the short side is resized to; nil leaves it.
  public var resize: Int?
  /// The side of the square cut from the centre; nil leaves all.
  public var crop: Int?
  /// The scale of ``mean`` and ``std``.
  public var scale: Scale
  /// The order of ``mean``, ``std`` and of the channels that result.
  public var channelOrder: ChannelOrder

  /// Makes a preprocessing.
  ///
  /// - Parameters:
  ///   - mean: 1 number or 3; one stands for as many as std has, or else as many channels as images have.
  ///   - std: 1 number or 3, likewise.
  ///   - resize: the short side in pixels; nil leaves it.
  ///   - crop: the side of the square cut from the centre; nil for none.
  ///   - scale: the greatest value of a pixel as mean and std take it.
  ///   - channelOrder: the order in which the network takes colours.
  /// - Throws: ``DatasetError`` where mean and std do not fit each other or a size is not positive.
  public init(
    mean: [Float], std: [Float], resize: Int? = nil, crop: Int? = nil, scale: Scale = .one,
    channelOrder: ChannelOrder = .rgb
  ) throws {
    let counts = [mean.count, std.count]
    guard counts.allSatisfy({ $0 == 1 || $0 == 3 }) else {
      throw DatasetError(
        "the mean has \(mean.count) numbers and the standard deviation \(std.count); both need 1 or 3",
        kind: .usage)
    }
    guard std.allSatisfy({ $0 > 0 && $0.isFinite }), mean.allSatisfy(\.isFinite) else {
      throw DatasetError(
        "mean \(mean) and standard deviation \(std): finite numbers, the latter positive, are needed",
        kind: .usage)
    }
    for (name, size) in [("resized", resize), ("cropped", crop)] {
      guard let size, !(1...Self.sizeLimit).contains(size) else { continue }
      throw DatasetError(
        "images cannot be \(name) to \(size) pixels; 1 to \(Self.sizeLimit) are possible", kind: .usage)
    }
    let count = counts.max() ?? 1
    self.mean = mean.count == count ? mean : [Float](repeating: mean[0], count: count)
    self.std = std.count == count ? std : [Float](repeating: std[0], count: count)
    self.resize = resize
    self.crop = crop
    self.scale = scale
    self.channelOrder = channelOrder
  }

  /// The longest side that images are resized or cropped to.
  private static let sizeLimit = 1 << 16

  /// The same for a network of three channels, where one number stands for all of them.
  public func spread(overChannels count: Int) -> Preprocessing {
    guard mean.count == 1, std.count == 1, count == 3 else { return self }
    var copy = self
    copy.mean = [Float](repeating: mean[0], count: count)
    copy.std = [Float](repeating: std[0], count: count)
    return copy
  }

  /// The same for a network of another order of channels: each colour keeps its mean and standard deviation.
  public func reordered(_ order: ChannelOrder) -> Preprocessing {
    guard order != channelOrder else { return self }
    var copy = self
    copy.channelOrder = order
    copy.mean.reverse()
    copy.std.reverse()
    return copy
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
    let resized = try resizedImage(image, name: name)
    let height = crop ?? resized.height
    let width = crop ?? resized.width
    guard resized.height >= height, resized.width >= width else {
      throw DatasetError(
        "\(name): is \(resized.width) × \(resized.height) pixels, less than the crop of \(width) × \(height);"
          + " resizing to a longer side makes it large enough")
    }
    let top = (resized.height - height) / 2
    let left = (resized.width - width) / 2
    let channels = mean.count == 1 ? resized.channels : mean.count
    guard resized.channels == channels || resized.channels == 1 else {
      throw DatasetError("\(name): has \(resized.channels) channels, but the preprocessing has \(channels)")
    }
    guard channelOrder == .rgb || resized.channels == 1 || resized.channels == 3 else {
      throw DatasetError(
        "\(name): has \(resized.channels) channels; only those of a colour image are reordered")
    }
    let source = resized.values
    let fullScale: Float =
      switch resized.pixels {
      case .bytes: 255 / Float(scale.rawValue)
      case .floats: 1
      }
    var values = [Float](repeating: 0, count: channels * height * width)
    for channel in 0..<channels {
      let (mean, std) = (mean[mean.count == 1 ? 0 : channel], std[std.count == 1 ? 0 : channel])
      let factor = 1 / (fullScale * std)
      let offset = -mean / std
      let sourceChannel =
        switch channelOrder {
        case .rgb: resized.channels == 1 ? 0 : channel
        case .bgr: resized.channels == 1 ? 0 : resized.channels - 1 - channel
        }
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

  private func resizedImage(_ image: RawImage, name: String) throws -> RawImage {
    try resize.map { try image.resized(shortSide: $0, name: name) } ?? image
  }
}
