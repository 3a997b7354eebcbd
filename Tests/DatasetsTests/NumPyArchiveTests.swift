import Datasets
import Foundation
import TestSupport
import Testing

@Suite("NumPy archives")
struct NumPyArchiveTests {
  @Test("what is written is read back, and the same arrays give the same bytes")
  func roundTrip() throws {
    try TestFiles.withFolder { folder in
      let outputs = NumPyArray([1.5, -2, .infinity, 4, 5, 6] as [Float], shape: [2, 3])
      let predictions = NumPyArray([7, Int64.min] as [Int64], shape: [2])
      let number = NumPyArray([3] as [Int64], shape: [])
      for name in ["a", "b"] {
        try NumPyArchive.write(
          [("outputs", outputs), ("predictions", predictions), ("number", number)],
          to: "\(folder)/\(name).npz")
      }
      let archive = try NumPyArchive(contentsOf: "\(folder)/a.npz")
      #expect(archive.names == ["outputs", "predictions", "number"])
      #expect(try archive.array("outputs") == outputs)
      #expect(try archive.array("predictions").integers == [7, Int.min])
      #expect(try archive.array("number") == number)
      #expect(throws: DatasetError.self) { try archive.array("other") }
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: "\(folder)/a.npz"))
          == Data(contentsOf: URL(fileURLWithPath: "\(folder)/b.npz")))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.npz", "b.npz"])
    }
  }

  @Test("a file that cannot be written is said, and nothing is left behind")
  func unwritable() throws {
    try TestFiles.withFolder { folder in
      #expect(throws: (any Error).self) { try NumPyArchive.write([], to: "\(folder)/none/a.npz") }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }

  /// The bytes of an array whose elements are all zero.
  private func zeros(_ shapeText: String, _ count: Int) -> Data {
    DatasetFiles.npy("|u1", shapeText: shapeText, [UInt8](repeating: 0, count: count))
  }

  @Test("an array that would inflate to more than its header says is refused before it is inflated")
  func directoryBeyondHeader() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/d.npz"
      DatasetFiles.npz([("a.npy", zeros("1000,", 1000))], to: path)
      try DatasetFiles.changeDirectory(of: path, size: 200_000_000)
      #expect {
        _ = try NumPyArchive(contentsOf: path).array("a")
      } throws: { "\($0)".contains("bytes for shape [1000] of |u1, which takes 1000") }
    }
  }

  @Test("an archive that would inflate to more than is ever read names the limit")
  func beyondLimit() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/d.npz"
      DatasetFiles.npz([("a.npy", zeros("1000,", 1000))], to: path)
      try DatasetFiles.changeDirectory(of: path, size: 4_000_000_000)
      #expect {
        _ = try NumPyArchive(contentsOf: path).array("a")
      } throws: { "\($0)".contains("(limit inflatedBytes)") }
    }
  }

  @Test("an array of more bytes than its stored ones can hold is refused before memory is taken")
  func beyondStored() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/d.npz"
      let array = zeros("200000000,", 1000)
      DatasetFiles.npz([("a.npy", array)], to: path)
      try DatasetFiles.changeDirectory(of: path, size: UInt32(array.count - 1000 + 200_000_000))
      #expect {
        _ = try NumPyArchive(contentsOf: path).array("a")
      } throws: { "\($0)".contains("is said to be 200000128 bytes, which its") }
    }
  }

  @Test("an array that ends before its header says, or is changed, is refused")
  func damaged() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/d.npz"
      let array = zeros("5000,", 1000)
      DatasetFiles.npz([("a.npy", array)], to: path)
      try DatasetFiles.changeDirectory(of: path, size: UInt32(array.count + 4000))
      #expect { _ = try NumPyArchive(contentsOf: path).array("a") } throws: {
        "\($0)".contains("is damaged or cut short")
      }
      try NumPyArchive.write([("a", NumPyArray([1, 2, 3] as [Float], shape: [3]))], to: path)
      var data = try Data(contentsOf: URL(fileURLWithPath: path))
      let place = try #require(data.range(of: withUnsafeBytes(of: Float(2)) { Data($0) }))
      data[place.lowerBound] = 1
      try DatasetFiles.write(data, to: path)
      #expect { _ = try NumPyArchive(contentsOf: path).array("a") } throws: {
        "\($0)".contains("is damaged or cut short")
      }
    }
  }

  @Test(
    "headers that are no header are refused",
    arguments: [
      Data(), Data([0x93] + Array("NUMPY".utf8)), Data([0x93] + Array("NUMPY".utf8) + [1, 0, 255, 255, 32]),
      Data([0x93] + Array("NUMPY".utf8) + [2, 0, 255, 255, 255, 255, 32]), Data("no array at all".utf8),
    ])
  func headers(data: Data) throws {
    try TestFiles.withFolder { folder in
      DatasetFiles.npz([("a.npy", data)], to: "\(folder)/d.npz")
      #expect(throws: DatasetError.self) { try NumPyArchive(contentsOf: "\(folder)/d.npz").array("a") }
    }
  }
}
