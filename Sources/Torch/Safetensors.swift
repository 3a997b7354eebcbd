import Foundation
import Foundations

/// A file of named tensors in the safetensors format: a length, a JSON header, raw data.
///
///     try SafetensorsFile(tensors: [("weight", w)], metadata: ["seed": "1"]).write(to: "w.safetensors")
public struct SafetensorsFile: Sendable {
  /// The tensors in the order of the file.
  public var tensors: [(name: String, tensor: Tensor)]
  /// Texts that say what the tensors are.
  public var metadata: [String: String]

  /// Makes the content of a file.
  public init(tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor of a name.
  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }

  private static let typeNames: [ElementType: String] = [
    .uint8: "U8", .int8: "I8", .int16: "I16", .int32: "I32", .int64: "I64", .float16: "F16",
    .float32: "F32", .float64: "F64", .bool: "BOOL",
  ]

  private struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    let dataOffsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }

  /// Writes the file, whole or not at all.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    var header: [String] = metadata.isEmpty ? [] : ["\"__metadata__\":\(try json(metadata))"]
    var body = Data()
    for (name, tensor) in tensors {
      let bytes = try tensor.bytes()
      let entry = Entry(
        dtype: Self.typeNames[tensor.elementType] ?? "F32", shape: tensor.shape,
        dataOffsets: [body.count, body.count + bytes.count])
      header.append("\(try json(name)):\(try json(entry))")
      body.append(bytes)
    }
    var text = Data("{\(header.joined(separator: ","))}".utf8)
    // Readers map the data into memory, which wants it aligned.
    text.append(Data(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    var file = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
    file.append(text)
    file.append(body)
    try AtomicFile.write(file, to: path)
  }

  /// Reads a file.
  ///
  /// - Throws: `FileError` where it is missing, not in this format, or cut short.
  public init(contentsOf path: String) throws {
    let data = try AtomicFile.read(path)
    func wrong(_ reason: String) -> FileError {
      FileError(.data, "\(path): is not a safetensors file: \(reason)")
    }
    guard data.count >= 8 else { throw wrong("\(data.count) bytes are too few for a header") }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) }
    guard length <= UInt64(data.count - 8) else { throw wrong("its header would reach past its end") }
    let start = 8 + Int(length)
    guard
      let object = try? JSONSerialization.jsonObject(
        with: data[data.startIndex + 8..<data.startIndex + start]),
      let header = object as? [String: Any]
    else { throw wrong("its header is not JSON") }
    metadata = header["__metadata__"] as? [String: String] ?? [:]
    tensors = []
    var total = 0
    var found: [(offset: Int, name: String, tensor: Tensor)] = []
    for (name, value) in header where name != "__metadata__" {
      if let type = (value as? [String: Any])?["dtype"] as? String, !Self.typeNames.values.contains(type) {
        throw FileError(
          .data,
          "\(path), \(name): has elements of type \(type);"
            + " \(Self.typeNames.values.sorted().joined(separator: ", ")) are read")
      }
      guard let entry = value as? [String: Any], let typeName = entry["dtype"] as? String,
        let type = Self.typeNames.first(where: { $0.value == typeName })?.key,
        let shape = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int],
        offsets.count == 2,
        shape.allSatisfy({ $0 >= 0 }), offsets[0] >= 0, offsets[0] <= offsets[1],
        offsets[1] <= data.count - start
      else { throw wrong("its entry \(name) does not fit the file, which may be cut short") }
      if let excess = FileLimits.rank.excess(shape.count) { throw wrong("its entry \(name) \(excess)") }
      guard offsets[1] - offsets[0] == checkedProduct(shape + [type.byteCount]) else {
        throw wrong("its entry \(name) of shape \(shape) has the wrong size")
      }
      // Entries that share data would take more memory than the file has bytes.
      total += offsets[1] - offsets[0]
      guard total <= data.count - start else { throw wrong("its entry \(name) lies where others do") }
      let bytes = Data(data[data.startIndex + start + offsets[0]..<data.startIndex + start + offsets[1]])
      found.append((offsets[0], name, try Tensor(bytes, shape: shape, elementType: type)))
    }
    tensors = found.sorted { ($0.offset, $0.name) < ($1.offset, $1.name) }.map { ($0.name, $0.tensor) }
  }
}
