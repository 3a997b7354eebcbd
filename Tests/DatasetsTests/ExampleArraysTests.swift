import Datasets
import Foundation
import TestSupport
import Testing
import Torch

@Suite("Arrays of examples")
struct ExampleArraysTests {
  private func ids(_ count: Int, _ length: Int) -> NumPyArray {
    NumPyArray((0..<count * length).map { Int64($0) }, shape: [count, length])
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }

  @Test("lie in an archive by the names of inputs, with labels and what is known of pairs")
  func archive() throws {
    try TestFiles.withFolder { folder in
      try NumPyArchive.write(
        [
          ("ids", ids(6, 3)), ("mask", ids(6, 3)), ("scores", NumPyArray([5, 6, 7] as [Float], shape: [3])),
          ("labels", NumPyArray([0, 1, 2, 0, 1, 2] as [Int64], shape: [6])),
        ], to: "\(folder)/d.npz")
      let data = try Dataset.open("\(folder)/d.npz")
      #expect(data.count == 6 && data.labels == [0, 1, 2, 0, 1, 2] && data.groupSize == 2)
      #expect(data.arrays?.exampleShapes["ids"] == [3])
      let batches = try data.arrayBatches(["ids"], of: 4)
      #expect(batches.map { $0[0].shape } == [[4, 3], [2, 3]])
      #expect(batches[1][0].integers == Array(12..<18))
      // Pairs stay together, and their scores with them.
      for drawn in [data.sample(2, seed: 3), data.divided(4, seed: 5).drawn, data.divided(4, seed: 5).others]
      {
        let first = try drawn.arrayBatches(["ids"], of: 9)[0][0].integers ?? []
        let pairs = stride(from: 0, to: first.count, by: 6).map { first[$0] / 6 }
        let scores = try drawn.furtherArrays(than: ["ids", "mask"]).first { $0.name == "scores" }
        #expect(scores?.array.floats == pairs.map { Float(5 + $0) })
        #expect(drawn.labels == stride(from: 0, to: first.count, by: 3).map { first[$0] / 3 % 3 })
      }
      #expect(
        try Dataset.open("\(folder)/d.npz#0:3").furtherArrays(than: []).allSatisfy { $0.name != "scores" })
      #expect(throws: DatasetError.self) { try data.image(at: 0) }
      #expect(throws: DatasetError.self) { try data.arrayBatches(["other"], of: 2) }
    }
  }

  @Test("of unequal length lie in files of a folder, and make batches of one shape each")
  func folder() throws {
    try TestFiles.withFolder { folder in
      for (name, count, length) in [("a", 2, 4), ("b", 1, 2), ("c", 3, 4), ("d", 2, 2)] {
        try NumPyArchive.write([("ids", ids(count, length))], to: "\(folder)/\(name).npz")
      }
      let data = try Dataset.open(folder)
      #expect(data.count == 8 && data.arrays?.exampleShapes["ids"] == [4])
      #expect(try data.arrayBatches(["ids"], of: 4).map { $0[0].shape } == [[4, 4], [1, 4], [3, 2]])
      #expect(data.name(at: 5).hasSuffix("b.npz, row 0"))
      try NumPyArchive.write([("other", ids(2, 4))], to: "\(folder)/e.npz")
      #expect(
        message { _ = try Dataset.open(folder) }.contains(
          "e.npz: holds the arrays other, but the first file ids"))
    }
  }

  @Test("are read from tables, single arrays and safetensors")
  func otherFiles() throws {
    try TestFiles.withFolder { folder in
      func write(_ text: String, _ name: String) throws -> String {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        return "\(folder)/\(name)"
      }
      let table = try Dataset.open(write("a,label,b\n1,0,2\n3,1,4.5\n", "t.csv"))
      #expect(table.labels == [0, 1])
      #expect(try table.arrayBatches([ExampleArrays.nameless], of: 9)[0][0].floats == [1, 2, 3, 4.5])
      #expect(message { _ = try Dataset.open(write("", "e.csv")) }.contains("is empty"))
      #expect(message { _ = try Dataset.open(write("1,2\n3\n", "r.csv")) }.contains("line 2: has 1 values"))
      #expect(message { _ = try Dataset.open(write("a,b\n1,x\n", "w.csv")) }.contains("line 2: holds 'x'"))
      #expect(message { _ = try Dataset.open(write("a,b\n", "h.csv")) }.contains("holds no examples"))

      let tensor = try Tensor([1, 2, 3, 4] as [Int64], shape: [2, 2])
      try SafetensorsFile(tensors: [("ids", tensor)]).write(to: "\(folder)/s.safetensors")
      #expect(
        try Dataset.open("\(folder)/s.safetensors").arrayBatches(["ids"], of: 9)[0][0].integers == [
          1, 2, 3, 4,
        ])

      try NumPyArchive.write([("x", ids(2, 2))], to: "\(folder)/x.npz")
      // An archive that is stored uncompressed has the file of its array in it.
      let archive = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/x.npz"))
      let start = try #require(archive.range(of: Data([0x93] + Array("NUMPY".utf8)))).lowerBound
      let file = archive[start..<start + 128 + 32]
      try file.write(to: URL(fileURLWithPath: "\(folder)/x.npy"))
      #expect(try NumPyArray(contentsOf: "\(folder)/x.npy") == ids(2, 2))
      try file.dropLast().write(to: URL(fileURLWithPath: "\(folder)/y.npy"))
      #expect(message { _ = try Dataset.open("\(folder)/y.npy") }.contains("it may be cut short"))
    }
  }

  @Test("of all types become tensors and integers or floats", arguments: NumPyArray.ElementType.allCases)
  func types(type: NumPyArray.ElementType) throws {
    try TestFiles.withFolder { folder in
      let zeros = [UInt8](repeating: 0, count: 2 * type.byteCount)
      DatasetFiles.npz([("x.npy", DatasetFiles.npy(type.rawValue, [2], zeros))], to: "\(folder)/d.npz")
      let array = try NumPyArchive(contentsOf: "\(folder)/d.npz").array("x")
      #expect(
        (array.floats != nil) == type.isFloatingPoint && (array.integers != nil) == !type.isFloatingPoint)
      #expect(try array.tensor().doubles() == [0, 0])
    }
  }
}
