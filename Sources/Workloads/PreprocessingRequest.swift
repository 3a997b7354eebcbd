import Datasets
import ONNX

/// What a user says of a network's preprocessing; the rest is taken from a preset or from the model's metadata.
public struct PreprocessingRequest: Sendable, Equatable {
  /// The preprocessing of a family.
  public var preset: String?
  /// The mean of each of the network's channels, or one number for all.
  public var mean: [Float]?
  /// The standard deviation of each channel, or one number for all.
  public var std: [Float]?
  /// The scale that ``mean`` and ``std`` are on.
  public var scale: Preprocessing.Scale?
  /// The order of the network's channels.
  public var channelOrder: Preprocessing.ChannelOrder?
  /// The length that images' short side is resized to.
  public var resize: Int?
  /// The side of the square cut from the centre.
  public var crop: Int?

  /// Makes a request that says nothing.
  public init() {}

  /// What images need is not known.
  static let unknown = DatasetError(
    "it is not known how images are preprocessed; one of the presets"
      + " \(Preprocessing.presetNames.joined(separator: ", ")), or the channels' means and standard deviations,"
      + " would say it", kind: .usage)

  /// The preprocessing asked for, or else the one that the model's metadata keep.
  ///
  /// - Throws: `DatasetError` where neither says what to do, or what is said does not fit together.
  public func preprocessing(for model: Model?) throws -> Preprocessing {
    var result: Preprocessing
    if let preset {
      result = try Preprocessing.preset(preset)
    } else if let mean, let std {
      result = try Preprocessing(mean: mean, std: std, channelOrder: channelOrder ?? .rgb)
    } else if let kept = model?.preprocessing {
      result = kept
    } else {
      throw Self.unknown
    }
    // Means of a family are of its colours; those given here are in the network's order.
    result = result.reordered(channelOrder ?? result.channelOrder)
    if let mean { result.mean = mean }
    if let std { result.std = std }
    return try Preprocessing(
      mean: result.mean, std: result.std, resize: resize ?? result.resize, crop: crop ?? result.crop,
      scale: scale ?? result.scale, channelOrder: result.channelOrder
    ).spread(overChannels: model?.channelCount ?? 1)
  }
}

extension Model {
  /// The channels that its images have, where it says so.
  fileprivate var channelCount: Int? {
    guard let shape = graph.inputs.first?.shape, shape.count == 4, case .fixed(let count) = shape[1] else {
      return nil
    }
    return count
  }
}
