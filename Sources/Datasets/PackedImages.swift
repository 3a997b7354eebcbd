import Foundation
import Foundations

/// Images of one size in one buffer.
struct PackedImages: ImageSource {
  enum Values: Sendable {
    case bytes(Data)
    case floats([Float])
  }

  let path: String
  let count: Int
  let height: Int
  let width: Int
  let channels: Int
  private let values: Values

  /// - Parameters:
  ///   - path: the file, for messages.
  ///   - shape: [count, rows, columns] or [count, rows, columns, channels].
  init(path: String, shape: [Int], values: Values) throws {
    (height, width, channels) = try Self.size(of: shape, in: path)
    count = shape[0]
    self.path = path
    self.values = values
  }

  /// The size of each image of a shape of three or four sizes.
  ///
  /// - Throws: ``DatasetError`` where images are empty or too large.
  static func size(of shape: [Int], in place: String) throws -> (height: Int, width: Int, channels: Int) {
    let (height, width, channels) = (shape[1], shape[2], shape.count > 3 ? shape[3] : 1)
    try RawImage.requireSize(height: height, width: width, name: place)
    guard checkedProduct(shape + [MemoryLayout<Float>.size]) != nil else {
      throw DatasetError("\(place): has the impossible shape \(shape)")
    }
    guard channels > 0 else {
      throw DatasetError("\(place): has shape \(shape); [count, rows, columns, channels] is needed")
    }
    return (height, width, channels)
  }

  func image(at index: Int) throws -> RawImage {
    let size = height * width * channels
    let range = index * size..<(index + 1) * size
    let pixels: RawImage.Pixels =
      switch values {
      case .bytes(let data):
        .bytes([UInt8](data[data.startIndex + range.lowerBound..<data.startIndex + range.upperBound]))
      case .floats(let floats): .floats(Array(floats[range]))
      }
    return try RawImage(height: height, width: width, channels: channels, pixels: pixels)
  }

  func name(at index: Int) -> String { "\(path), image \(index)" }
}
