import CZip
import Foundation
import Foundations

/// An array of NumPy's `.npy` format.
struct NumPyArray {
  let shape: [Int]
  /// Such as `|u1` or `<f4`.
  let type: String
  let bytes: Data

  init(_ data: Data, name: String) throws {
    let content = [UInt8](data)
    guard content.count > 10, Array(content[0..<6]) == [0x93] + Array("NUMPY".utf8) else {
      throw DatasetError("\(name): is not a NumPy array")
    }
    let isLong = content[6] >= 2
    let start = isLong ? 12 : 10
    guard content.count >= start else { throw DatasetError("\(name): is cut short") }
    let length = (0..<(isLong ? 4 : 2)).reduce(0) { $0 | Int(content[8 + $1]) << (8 * $1) }
    guard content.count >= start + length else { throw DatasetError("\(name): is cut short") }
    let header = String(decoding: content[start..<start + length], as: UTF8.self)
    func field(_ pattern: String) -> String? {
      guard let range = header.range(of: pattern, options: .regularExpression) else { return nil }
      return String(header[range])
    }
    guard let typeField = field("'descr': *'[^']*'"), let shapeField = field("'shape': *\\([^)]*\\)") else {
      throw DatasetError("\(name): has a header that names no type and shape: \(header.prefix(80))")
    }
    guard header.range(of: "'fortran_order': *False", options: .regularExpression) != nil else {
      throw DatasetError("\(name): lies in Fortran order; save np.ascontiguousarray(…) of it")
    }
    type = String(typeField.dropLast().split(separator: "'").last ?? "")
    shape = shapeField.split { !$0.isNumber }.compactMap { Int($0) }
    bytes = Data(content[(start + length)...])
    let sizes = ["|u1": 1, "|i1": 1, "<i4": 4, "<i8": 8, "<f4": 4, "<f8": 8]
    guard let size = sizes[type] else {
      throw DatasetError("\(name): has elements of type \(type); u1, i1, i4, i8, f4 or f8 are needed")
    }
    guard bytes.count == shape.reduce(size, *) else {
      throw DatasetError(
        "\(name): holds \(bytes.count) bytes for shape \(shape) of \(type); it may be cut short")
    }
  }

  private func elements<Element>(_: Element.Type) -> [Element] {
    bytes.withUnsafeBytes { raw in
      (0..<raw.count / MemoryLayout<Element>.size).map {
        raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self)
      }
    }
  }

  /// The elements as integers; nil where they are not.
  var integers: [Int]? {
    switch type {
    case "|u1": bytes.map(Int.init)
    case "|i1": elements(Int8.self).map(Int.init)
    case "<i4": elements(Int32.self).map(Int.init)
    case "<i8": elements(Int64.self).map(Int.init)
    default: nil
    }
  }

  /// The elements as floating-point numbers; nil where they are not.
  var floats: [Float]? {
    switch type {
    case "<f4": elements(Float.self)
    case "<f8": elements(Double.self).map { Float($0) }
    default: nil
    }
  }
}

extension Dataset {
  static func openNPZ(_ path: String) throws -> Dataset {
    let file = try AtomicFile.read(path)
    var status: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY, &status) else {
      throw DatasetError("\(path): is not an .npz archive, or is cut short")
    }
    defer { zip_discard(archive) }
    let images = try NumPyArray(entry("images.npy", of: archive, path), name: "\(path), images")
    guard images.shape.count == 4 || images.shape.count == 3 else {
      throw DatasetError(
        "\(path), images: has shape \(images.shape); [count, rows, columns, channels] is needed")
    }
    let values: PackedImages.Values
    if let floats = images.floats {
      if let bad = floats.firstIndex(where: { !$0.isFinite }) {
        throw DatasetError("\(path), images: element \(bad) is \(floats[bad]); finite numbers are needed")
      }
      values = .floats(floats)
    } else if images.type == "|u1" {
      values = .bytes(images.bytes)
    } else {
      throw DatasetError("\(path), images: has elements of type \(images.type); uint8 or float is needed")
    }
    let labelArray = try NumPyArray(entry("labels.npy", of: archive, path), name: "\(path), labels")
    guard let labels = labelArray.integers, labelArray.shape == [images.shape[0]] else {
      throw DatasetError(
        "\(path), labels: has type \(labelArray.type) and shape \(labelArray.shape);"
          + " \(images.shape[0]) integers are needed")
    }
    let source = PackedImages(
      path: path, count: images.shape[0], height: images.shape[1], width: images.shape[2],
      channels: images.shape.count == 4 ? images.shape[3] : 1, values: values)
    return try Dataset(path: path, digest: sha256(file), source: source, labels: labels)
  }

  private static func entry(_ name: String, of archive: OpaquePointer, _ path: String) throws -> Data {
    var facts = zip_stat_t()
    zip_stat_init(&facts)
    guard zip_stat(archive, name, 0, &facts) == 0, let file = zip_fopen(archive, name, 0) else {
      let arrays = (0..<zip_get_num_entries(archive, 0)).compactMap { index in
        zip_get_name(archive, zip_uint64_t(index), 0).map { String(cString: $0) }
      }
      throw DatasetError(
        "\(path): has no array \(name.dropLast(4)) (it holds \(arrays.joined(separator: ", ")));"
          + " images and labels are needed")
    }
    defer { zip_fclose(file) }
    var data = Data(count: Int(facts.size))
    let count = data.withUnsafeMutableBytes { zip_fread(file, $0.baseAddress, facts.size) }
    guard count == Int64(facts.size) else {
      throw DatasetError("\(path): its array \(name) is damaged or cut short")
    }
    return data
  }
}
