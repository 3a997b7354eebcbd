import CZip
import CZlib
import Datasets
import Foundation

/// Files of images that tests write.
enum DatasetFiles {
  static func write(_ data: Data, to path: String) throws { try data.write(to: URL(fileURLWithPath: path)) }

  /// The bytes of an IDX file.
  static func idx(_ shape: [Int], _ bytes: [UInt8]) -> Data {
    Data(
      [0, 0, 8, UInt8(shape.count)]
        + shape.flatMap { size in (0..<4).map { UInt8(size >> (24 - 8 * $0) & 255) } } + bytes)
  }

  static func gzip(_ data: Data, to path: String) {
    let file = gzopen(path, "wb")
    data.withUnsafeBytes { _ = gzwrite(file, $0.baseAddress, UInt32($0.count)) }
    gzclose(file)
  }

  /// The bytes of an NPY file, whose shape is a text that may be wrong.
  static func npy(_ type: String, shapeText: String, _ bytes: [UInt8], fortran: Bool = false) -> Data {
    var header =
      "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (\(shapeText)), }"
    header += String(repeating: " ", count: 63 - (header.count + 10) % 64) + "\n"
    return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 255), UInt8(header.count >> 8)])
      + Data(header.utf8) + Data(bytes)
  }

  static func npy(_ type: String, _ shape: [Int], _ bytes: [UInt8], fortran: Bool = false) -> Data {
    npy(type, shapeText: shape.map { "\($0), " }.joined(), bytes, fortran: fortran)
  }

  /// Writes a ZIP archive in place of what is there; entries are deflated.
  static func npz(_ entries: [(name: String, data: Data)], to path: String) {
    var status: Int32 = 0
    let archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &status)
    var kept: [NSData] = []
    for (name, data) in entries {
      let bytes = NSData(data: data)
      kept.append(bytes)
      zip_file_add(archive, name, zip_source_buffer(archive, bytes.bytes, UInt64(bytes.length), 0), 0)
    }
    zip_close(archive)
    withExtendedLifetime(kept) {}
  }

  /// Changes the sizes that the directory of a ZIP archive names for its first entry.
  static func changeDirectory(of path: String, stored: UInt32? = nil, size: UInt32) throws {
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    guard let entry = data.range(of: Data([0x50, 0x4B, 1, 2])) else { return }
    func put(_ value: UInt32, at offset: Int) {
      let start = entry.lowerBound + offset
      data.replaceSubrange(start..<start + 4, with: withUnsafeBytes(of: value.littleEndian) { Data($0) })
    }
    if let stored { put(stored, at: 20) }
    put(size, at: 24)
    try write(data, to: path)
  }

  /// What opening a data set fails with; "" where it does not.
  static func message(_ path: String) -> String {
    do {
      _ = try Dataset.open(path)
      return ""
    } catch { return "\(error)" }
  }
}
