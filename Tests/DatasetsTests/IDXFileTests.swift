import Datasets
import Foundation
import TestSupport
import Testing

@Suite("IDX files")
struct IDXFileTests {
  @Test("are read, gzipped or not", arguments: ["", ".gz"])
  func reading(ending: String) throws {
    try TestFiles.withFolder { folder in
      let images = DatasetFiles.idx([2, 2, 3], [0, 1, 2, 3, 4, 5, 255, 254, 253, 252, 251, 250])
      for (name, data) in [
        ("images-idx3-ubyte", images), ("labels-idx1-ubyte", DatasetFiles.idx([2], [7, 1])),
      ] {
        let path = "\(folder)/t10k-\(name)\(ending)"
        if ending.isEmpty {
          try DatasetFiles.write(data, to: path)
        } else {
          DatasetFiles.gzip(data, to: path)
        }
      }
      let dataset = try Dataset.open("\(folder)#test")
      #expect(dataset.count == 2)
      #expect(dataset.labels == [7, 1])
      #expect(try dataset.image(at: 1).pixels == .bytes([255, 254, 253, 252, 251, 250]))
      #expect(try Dataset.open(folder).digest == dataset.digest)
      #expect(throws: DatasetError.self) { try dataset.requireLabels(classCount: 7) }
      #expect(DatasetFiles.message("\(folder)#train").contains("has no file train-images"))
    }
  }

  @Test("that are cut short or something else are refused")
  func damaged() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/a-images-idx3-ubyte"
      try DatasetFiles.write(DatasetFiles.idx([2, 2, 3], [1, 2, 3]), to: path)
      #expect(DatasetFiles.message(path).contains("may be cut short"))
      try DatasetFiles.write(Data("hello".utf8), to: path)
      #expect(DatasetFiles.message(path).contains("is not an IDX file"))
      DatasetFiles.gzip(
        DatasetFiles.idx([1, 40, 40], (0..<1600).map { UInt8(truncatingIfNeeded: $0 * $0 % 251) }),
        to: path + ".gz")
      let whole = try Data(contentsOf: URL(fileURLWithPath: path + ".gz"))
      try DatasetFiles.write(whole.prefix(whole.count / 2), to: path + ".gz")
      #expect(DatasetFiles.message(path + ".gz").contains("cut short"))
    }
  }

  @Test(
    "of huge or empty sizes are refused",
    arguments: [
      ([1 << 31, 1 << 31, 4], "has the impossible shape"),
      ([0, 1 << 31, 1 << 31, 1 << 31], "has the impossible shape"),
      ([1 << 31, 1 << 14, 1 << 14], "more than this machine's memory"),
      ([2, 0, 28], "is of 28 × 0 pixels"), ([0, 1 << 15, 1 << 15], "is of 32768 × 32768 pixels"),
      ([1, 2, 3, 0], "has shape [1, 2, 3, 0]"), ([1, 2], "images [count, rows, columns] are needed"),
    ] as [([Int], String)])
  func sizes(shape: [Int], words: String) throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/a-images-idx3-ubyte"
      let count = shape == [1, 2] ? 2 : 0
      try DatasetFiles.write(DatasetFiles.idx(shape, [UInt8](repeating: 0, count: count)), to: path)
      #expect(DatasetFiles.message(path).contains(words))
    }
  }

  @Test("that inflate to more than their shape are refused without inflating it all")
  func inflation() throws {
    try TestFiles.withFolder { folder in
      let (part, path) = ("\(folder)/zeros.gz", "\(folder)/a-images-idx3-ubyte.gz")
      DatasetFiles.gzip(DatasetFiles.idx([1, 2, 3], [1, 2, 3, 4, 5, 6]), to: path)
      DatasetFiles.gzip(Data(count: 1 << 24), to: part)
      // Gzip files may be joined: these come to 8 GiB.
      var content = try Data(contentsOf: URL(fileURLWithPath: path))
      let zeros = try Data(contentsOf: URL(fileURLWithPath: part))
      for _ in 0..<512 { content.append(zeros) }
      try DatasetFiles.write(content, to: path)
      let start = ContinuousClock.now
      #expect(DatasetFiles.message(path).contains("holds more bytes than the 6 of its shape [1, 2, 3]"))
      // All of it would take half a minute.
      #expect(ContinuousClock.now - start < .seconds(5))
    }
  }
}
