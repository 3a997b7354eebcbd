import Foundation
import Foundations

/// An array of bytes in the IDX format of the MNIST family, gzipped or not.
struct IDXFile {
  let shape: [Int]
  let bytes: Data

  init(_ path: String) throws {
    let file = try GzipReader(path)
    let start = try file.read(4)
    guard start.count == 4, start[0] == 0, start[1] == 0 else {
      throw DatasetError("\(path): is not an IDX file (it does not begin with two zero bytes)")
    }
    guard start[2] == 0x08 else {
      throw DatasetError("\(path): holds elements of type \(start[2]); unsigned bytes (8) are needed")
    }
    let rank = Int(start[3])
    let sizes = try [UInt8](file.read(4 * min(rank, 4)))
    guard rank >= 1, rank <= 4, sizes.count == 4 * rank else {
      throw DatasetError("\(path): is cut short, or has \(rank) dimensions where 1 to 4 are needed")
    }
    let shape = (0..<rank).map { dimension in
      (0..<4).reduce(0) { $0 << 8 | Int(sizes[4 * dimension + $1]) }
    }
    guard let expected = checkedProduct(shape) else {
      throw DatasetError("\(path): has the impossible shape \(shape)")
    }
    try requireMemory(for: expected, name: path)
    try requireInflation(to: expected, path: path)
    bytes = try file.read(expected)
    guard bytes.count == expected else {
      throw DatasetError(
        "\(path): holds \(bytes.count) bytes for shape \(shape), which takes \(expected); the file may be cut short"
      )
    }
    guard try file.read(1).isEmpty else {
      throw DatasetError("\(path): holds more bytes than the \(expected) of its shape \(shape)")
    }
    self.shape = shape
  }

  /// The images file of a folder's split; nil where the folder holds no IDX files.
  static func imagesFile(inFolder folder: String, split: String?) throws -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let images = names.filter { $0.contains("images-idx3-ubyte") }.sorted()
    guard !images.isEmpty else { return nil }
    let prefixes = ["train": "train-", "test": "t10k-"]
    if images.count == 1, split == nil { return "\(folder)/\(images[0])" }
    guard let split, let prefix = prefixes[split] else {
      throw DatasetError(
        "\(folder): holds several splits; say \(folder)#train or \(folder)#test", kind: .usage)
    }
    guard let name = images.first(where: { $0.hasPrefix(prefix) }) else {
      throw DatasetError(
        "\(folder): has no file \(prefix)images-idx3-ubyte for the split \(split)", kind: .noInput)
    }
    return "\(folder)/\(name)"
  }
}

extension Dataset {
  static func openIDX(_ imagesPath: String, as path: String) throws -> Dataset {
    let images = try IDXFile(imagesPath)
    guard images.shape.count >= 3 else {
      throw DatasetError("\(imagesPath): has shape \(images.shape); images [count, rows, columns] are needed")
    }
    _ = try PackedImages.size(of: images.shape, in: imagesPath)
    let labelsPath = imagesPath.replacingOccurrences(of: "images-idx3", with: "labels-idx1")
    var labels: [Int]?
    var digest = images.bytes
    if FileManager.default.fileExists(atPath: labelsPath), labelsPath != imagesPath {
      let file = try IDXFile(labelsPath)
      guard file.shape == [images.shape[0]] else {
        throw DatasetError(
          "\(labelsPath): has \(file.shape) labels for \(images.shape[0]) images in \(imagesPath)")
      }
      labels = file.bytes.map(Int.init)
      digest.append(file.bytes)
    }
    let source = try PackedImages(path: path, shape: images.shape, values: .bytes(images.bytes))
    return try Dataset(path: path, digest: sha256(digest), source: source, labels: labels)
  }
}
