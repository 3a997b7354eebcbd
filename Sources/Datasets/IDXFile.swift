import CZlib
import Foundation
import Foundations

/// An array of bytes in the IDX format of the MNIST family, gzipped or not.
struct IDXFile {
  let shape: [Int]
  let bytes: Data

  init(_ path: String) throws {
    let content = try Self.decompressed(path)
    guard content.count >= 4, content[0] == 0, content[1] == 0 else {
      throw DatasetError("\(path): is not an IDX file (it does not begin with two zero bytes)")
    }
    guard content[2] == 0x08 else {
      throw DatasetError("\(path): holds elements of type \(content[2]); unsigned bytes (8) are needed")
    }
    let rank = Int(content[3])
    guard rank >= 1, rank <= 4, content.count >= 4 + 4 * rank else {
      throw DatasetError("\(path): is cut short, or has \(rank) dimensions where 1 to 4 are needed")
    }
    shape = (0..<rank).map { dimension in
      (0..<4).reduce(0) { $0 << 8 | Int(content[4 + 4 * dimension + $1]) }
    }
    bytes = Data(content.dropFirst(4 + 4 * rank))
    let expected = shape.reduce(1, *)
    guard bytes.count == expected else {
      throw DatasetError(
        "\(path): holds \(bytes.count) bytes for shape \(shape), which takes \(expected); the file may be cut short"
      )
    }
  }

  /// The content of a file, through zlib, which passes on files that are not compressed.
  private static func decompressed(_ path: String) throws -> Data {
    _ = try AtomicFile.read(path)
    guard let file = gzopen(path, "rb") else {
      throw DatasetError("\(path): cannot be opened", kind: .noInput)
    }
    defer { gzclose(file) }
    var content = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = gzread(file, &buffer, UInt32(buffer.count))
      guard count >= 0 else { throw DatasetError("\(path): its gzip data is damaged or cut short") }
      if count == 0 { break }
      content.append(contentsOf: buffer[0..<Int(count)])
    }
    // At the end of a cut file gzread gives what there is; the state tells that the end was missing.
    var status: Int32 = 0
    _ = gzerror(file, &status)
    guard status == Z_OK || status == Z_STREAM_END else {
      throw DatasetError("\(path): its gzip data is damaged or cut short")
    }
    return content
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
    let source = PackedImages(
      path: path, count: images.shape[0], height: images.shape[1], width: images.shape[2],
      channels: images.shape.count > 3 ? images.shape[3] : 1, values: .bytes(images.bytes))
    return try Dataset(path: path, digest: sha256(digest), source: source, labels: labels)
  }
}
