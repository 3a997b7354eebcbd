/// An image before preprocessing: numbers row by row, channels next to each other.
public struct RawImage: Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// 1 for grey, 3 for red, green, blue.
  public let channels: Int
  /// height · width · channels numbers.
  public let pixels: Pixels

  /// Numbers of an image, in the type that the file has.
  public enum Pixels: Sendable, Equatable {
    /// 0 to 255.
    case bytes([UInt8])
    /// Whatever range the file has, usually 0 to 1.
    case floats([Float])
  }

  /// The numbers on the scale 0 to 255 for bytes, as they are for floats.
  var values: [Float] {
    switch pixels {
    case .bytes(let bytes): bytes.map(Float.init)
    case .floats(let floats): floats
    }
  }

  /// What the numbers are divided by to reach the scale 0 to 1.
  var fullScale: Float {
    if case .bytes = pixels { 255 } else { 1 }
  }
}
