import Foundation
import Foundations

extension Dataset {
  /// Opens the arrays `images` and, where it is there, `labels` of a NumPy archive.
  static func openNPZ(_ path: String) throws -> Dataset {
    let archive = try NumPyArchive(contentsOf: path)
    guard archive.names.contains("images"), try !holdsChannelsFirst(archive) else {
      return try openArrays(path, isFolder: false)
    }
    let images = try archive.array("images") { header in
      guard header.shape.count == 4 || header.shape.count == 3 else {
        throw DatasetError(
          "\(path), images: has shape \(header.shape); [count, rows, columns, channels] is needed")
      }
      switch header.type {
      case .uint8, .float16, .float32, .float64: break
      case .int8, .int16, .int32, .int64, .uint16, .uint32, .uint64, .bool:
        throw DatasetError(
          "\(path), images: has elements of type \(header.type.rawValue); uint8 or float is needed")
      }
      _ = try PackedImages.size(of: header.shape, in: "\(path), images")
    }
    let values: PackedImages.Values
    if let floats = images.floats {
      if let bad = floats.firstIndex(where: { !$0.isFinite }) {
        throw DatasetError("\(path), images: element \(bad) is \(floats[bad]); finite numbers are needed")
      }
      values = .floats(floats)
    } else {
      values = .bytes(images.bytes)
    }
    let source = try PackedImages(path: path, shape: images.shape, values: values)
    let labels = archive.names.contains("labels") ? try labels(of: archive, count: source.count) : nil
    return try Dataset(path: path, digest: sha256(AtomicFile.read(path)), source: source, labels: labels)
  }

  /// Whether the array `images` has numbers as a network takes them, by channels first: floats of 1 to 4 channels, which the
  /// last dimension does not count.
  private static func holdsChannelsFirst(_ archive: NumPyArchive) throws -> Bool {
    struct Known: Error { let isSo: Bool }
    do {
      _ = try archive.array("images") { header in
        let shape = header.shape
        throw Known(
          isSo: header.type.isFloatingPoint && shape.count == 4 && (1...4).contains(shape[1])
            && !(1...4).contains(shape[3]))
      }
      return false
    } catch let known as Known { return known.isSo }
  }

  private static func labels(of archive: NumPyArchive, count: Int) throws -> [Int] {
    func wrong(_ type: NumPyArray.ElementType, _ shape: [Int]) -> DatasetError {
      DatasetError(
        "\(archive.path), labels: has type \(type.rawValue) and shape \(shape); \(count) integers are needed")
    }
    let array = try archive.array("labels") { header in
      guard header.shape == [count] else { throw wrong(header.type, header.shape) }
    }
    guard let labels = array.integers else { throw wrong(array.type, array.shape) }
    return labels
  }
}
