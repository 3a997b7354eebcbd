import Foundation
import Foundations

/// Checks that images fit this machine before memory is taken for them.
///
/// - Throws: ``DatasetError`` where they do not.
func requireMemory(for byteCount: Int, name: String) throws {
  guard UInt64(byteCount) <= ProcessInfo.processInfo.physicalMemory else {
    throw DatasetError(
      "\(name): takes \(byteCount) bytes, more than this machine's memory; fewer images are needed",
      kind: .unavailable)
  }
}

/// An image before preprocessing: numbers row by row, channels next to each other.
public struct RawImage: Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int
  /// 1 for grey, 3 for red, green, blue; arrays may have others.
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

  /// Makes an image.
  ///
  /// - Throws: ``DatasetError`` where the numbers are not as many as the size says.
  public init(height: Int, width: Int, channels: Int, pixels: Pixels) throws {
    let count =
      switch pixels {
      case .bytes(let bytes): bytes.count
      case .floats(let floats): floats.count
      }
    guard height > 0, width > 0, channels > 0, checkedProduct([height, width, channels]) == count else {
      throw DatasetError(
        "an image of \(width) × \(height) pixels with \(channels) channels cannot have \(count) numbers")
    }
    (self.height, self.width, self.channels, self.pixels) = (height, width, channels, pixels)
  }

  /// The numbers on the scale 0 to 255 for bytes, as they are for floats.
  var values: [Float] {
    switch pixels {
    case .bytes(let bytes): bytes.map(Float.init)
    case .floats(let floats): floats
    }
  }

  /// Checks a size before memory is taken for it.
  ///
  /// - Throws: ``DatasetError`` where the size has no pixels or more than `FileLimits.imagePixels`.
  static func requireSize(height: Int, width: Int, name: String) throws {
    let limit = FileLimits.imagePixels
    guard height > 0, width > 0, let count = checkedProduct([height, width]), count <= limit.greatest else {
      throw DatasetError(
        "\(name): is of \(width) × \(height) pixels; 1 to \(limit.greatest) pixels are needed (limit \(limit.name))"
      )
    }
  }
}
