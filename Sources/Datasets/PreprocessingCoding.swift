extension Preprocessing: Codable {
  private enum CodingKeys: String, CodingKey {
    case mean, std, resize, crop, scale, channelOrder
  }

  /// Reads a preprocessing; what a text does not name is as usual.
  ///
  /// - Throws: `DecodingError`, or ``DatasetError`` where numbers make no sense.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      mean: values.decode([Float].self, forKey: .mean), std: values.decode([Float].self, forKey: .std),
      resize: values.decodeIfPresent(Int.self, forKey: .resize),
      crop: values.decodeIfPresent(Int.self, forKey: .crop),
      scale: values.decodeIfPresent(Scale.self, forKey: .scale) ?? .one,
      channelOrder: values.decodeIfPresent(ChannelOrder.self, forKey: .channelOrder) ?? .rgb)
  }

  /// Writes a preprocessing, without what is as usual.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(mean, forKey: .mean)
    try values.encode(std, forKey: .std)
    try values.encodeIfPresent(resize, forKey: .resize)
    try values.encodeIfPresent(crop, forKey: .crop)
    if scale != .one { try values.encode(scale, forKey: .scale) }
    if channelOrder != .rgb { try values.encode(channelOrder, forKey: .channelOrder) }
  }
}

extension Preprocessing: CustomStringConvertible {
  /// What identifies it, without what is as usual.
  public var description: String {
    var text =
      "Preprocessing(mean: \(mean), std: \(std), resize: \(String(describing: resize)),"
      + " crop: \(String(describing: crop))"
    if scale != .one { text += ", scale: \(scale.rawValue)" }
    if channelOrder != .rgb { text += ", channels: \(channelOrder.rawValue)" }
    return text + ")"
  }
}
