import Foundation
import Foundations
import ONNX
import TestSupport
import Testing

@Suite("Sizes that a model's file names")
struct TensorSizeTests {
  /// A field of a protocol buffer: a number, or bytes.
  private static func field(_ number: Int, _ value: UInt64) -> Data {
    varint(UInt64(number << 3)) + varint(value)
  }
  private static func field(_ number: Int, _ bytes: Data) -> Data {
    varint(UInt64(number << 3 | 2)) + varint(UInt64(bytes.count)) + bytes
  }

  private static func varint(_ value: UInt64) -> Data {
    var (rest, bytes) = (value, Data())
    while rest >= 128 {
      bytes.append(UInt8(rest & 127 | 128))
      rest >>= 7
    }
    return bytes + Data([UInt8(rest)])
  }

  /// A model of one Relu and an initializer w, as bytes.
  ///
  /// - Parameters:
  ///   - sizes: of w's dimensions.
  ///   - type: of w's elements, as in the file format; 1 for float32.
  ///   - external: what is said of its data in another file; nil for 16 bytes in the model.
  private static func model(_ sizes: [Int64], type: UInt64 = 1, external: [String: String]? = nil) -> Data {
    func text(_ number: Int, _ value: String) -> Data { field(number, Data(value.utf8)) }
    var tensor = sizes.reduce(Data()) { $0 + field(1, UInt64(bitPattern: $1)) }
    tensor += field(2, type) + text(8, "w")
    if let external {
      for (key, value) in external { tensor += field(13, text(1, key) + text(2, value)) }
      tensor += field(14, 1)
    } else {
      tensor += field(9, Data(count: 16))
    }
    let node = text(1, "x") + text(2, "y") + text(4, "Relu")
    let graph = field(1, node) + field(5, tensor) + field(11, text(1, "x")) + field(12, text(1, "y"))
    return field(1, 8) + field(7, graph) + field(8, field(2, 17))
  }

  private func message(_ data: Data, folder: String? = nil) -> String {
    do {
      _ = try Model(data, name: "m.onnx", folder: folder)
      return ""
    } catch { return error is any DescribedError ? "\(error)" : "not described" }
  }

  @Test(
    "those that fit are read",
    arguments: [([4], 1), ([2, 2], 1), ([16], 3), ([32], 22), ([64], 26)] as [([Int64], UInt64)])
  func fitting(sizes: [Int64], type: UInt64) {
    #expect(message(Self.model(sizes, type: type)).isEmpty)
  }

  @Test(
    "those that do not fit are refused",
    arguments: [
      ([1 << 31, 1 << 31, 8], 1, "impossible shape"), ([1 << 60], 11, "impossible shape"),
      ([-4], 1, "impossible shape [-4]"), ([-2, -2], 1, "impossible shape"),
      ([.min, .min], 1, "impossible shape"),
      ([0, 1 << 40, 1 << 40], 1, "impossible shape"), ([.max], 22, "impossible shape"),
      ([5], 1, "which takes 20"),
      ([1 << 40], 1, "which takes 4398046511104"),
    ] as [([Int64], UInt64, String)])
  func impossible(sizes: [Int64], type: UInt64, words: String) {
    let message = message(Self.model(sizes, type: type))
    #expect(message.contains("initializer \"w\"") && message.contains(words))
  }

  @Test(
    "places in a file of external data are checked",
    arguments: [
      (["offset": "8"], ""), (["offset": "9"], "wants 16 bytes from 9 on"),
      (
        ["offset": "9223372036854775807", "length": "9223372036854775807"], "wants 9223372036854775807 bytes"
      ),
      (["offset": "-8"], "offset is '-8'"), (["length": "-16"], "length is '-16'"),
      (["offset": "x"], "offset is 'x'"),
      (["length": "99999999999999999999"], "length is '99999999999999999999'"),
      (["length": "24"], "are 24 bytes of w.data, but its shape takes 16"),
    ] as [([String: String], String)])
  func externalData(fields: [String: String], words: String) throws {
    try TestFiles.withFolder { folder in
      try Data(count: 24).write(to: URL(fileURLWithPath: "\(folder)/w.data"))
      let data = Self.model([4], external: fields.merging(["location": "w.data"]) { first, _ in first })
      let message = message(data, folder: folder)
      #expect(words.isEmpty ? message.isEmpty : message.contains(words))
    }
  }

  @Test("the bytes of elements are nil where there cannot be so many", arguments: DataType.allCases)
  func byteCount(type: DataType) {
    #expect(type.byteCount(of: -1) == nil)
    #expect(type.byteCount(of: 5) == type.bitCount.map { (5 * $0 + 7) / 8 })
    #expect(type.byteCount(of: .max) == nil)
  }
}
