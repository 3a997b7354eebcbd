import Datasets
import Foundation
import Foundations
import TestSupport
import Testing

@Suite("Data sets of NPZ files")
struct NPZFileTests {
  private let images = DatasetFiles.npy("|u1", [2, 1, 2, 3], Array(0..<12))
  private let labels = DatasetFiles.npy("<i8", [2], [3] + [UInt8](repeating: 0, count: 15))

  private func message(_ entries: [(String, Data)]) throws -> String {
    try TestFiles.withFolder { folder in
      DatasetFiles.npz(entries, to: "\(folder)/d.npz")
      return DatasetFiles.message("\(folder)/d.npz")
    }
  }

  @Test("are read")
  func reading() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/d.npz"
      DatasetFiles.npz([("images.npy", images), ("labels.npy", labels)], to: path)
      let dataset = try Dataset.open(path)
      #expect(dataset.labels == [3, 0])
      #expect(try dataset.digest == sha256(Data(contentsOf: URL(fileURLWithPath: path))))
      let image = try dataset.image(at: 1)
      #expect((image.height, image.width, image.channels) == (1, 2, 3))
      #expect(image.pixels == .bytes([6, 7, 8, 9, 10, 11]))
    }
  }

  @Test("need no labels until someone asks for them")
  func unlabelled() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/d.npz"
      DatasetFiles.npz([("images.npy", images)], to: path)
      let dataset = try Dataset.open(path)
      #expect(dataset.count == 2)
      #expect(dataset.labels == nil)
      #expect {
        _ = try dataset.requireLabels(classCount: 10)
      } throws: { "\($0)".contains("has no labels") && "\($0)".contains("an array labels") }
    }
  }

  @Test("of floats keep the range that they have")
  func floats() throws {
    try TestFiles.withFolder { folder in
      let values: [Double] = [0, 0.25, -3, 1e3]
      let array = DatasetFiles.npy("<f8", [1, 2, 2], values.withUnsafeBytes { [UInt8]($0) })
      DatasetFiles.npz([("images.npy", array)], to: "\(folder)/d.npz")
      let image = try Dataset.open("\(folder)/d.npz").image(at: 0)
      #expect(image.pixels == .floats([0, 0.25, -3, 1e3]))
    }
  }

  @Test("wrong arrays are named")
  func wrong() throws {
    #expect(
      try message([("images.npy", images), ("labels.npy", DatasetFiles.npy("|u1", [3], [1, 2, 3]))])
        .contains("2 integers are needed"))
    #expect(
      try message([
        ("images.npy", images), ("labels.npy", DatasetFiles.npy("<f4", [2], [UInt8](repeating: 0, count: 8))),
      ])
      .contains("has type <f4 and shape [2]; 2 integers are needed"))
    #expect(
      try message([("images.npy", DatasetFiles.npy("|u1", [2, 2], [1, 2, 3, 4])), ("labels.npy", images)])
        .contains("has shape [2, 2]"))
    #expect(
      try message([("images.npy", DatasetFiles.npy("|u1", [1, 1, 1, 1], [1], fortran: true))]).contains(
        "Fortran"))
    #expect(
      try message([("images.npy", DatasetFiles.npy("|i1", [1, 1, 1, 1], [1]))]).contains(
        "uint8 or float is needed"))
    #expect(
      try message([
        ("images.npy", DatasetFiles.npy("|u1", [1, 1, 1, 1], [1])),
        ("labels.npy", DatasetFiles.npy("|i1", [1], [255])),
      ]).contains("has the label -1"))
    let infinite = withUnsafeBytes(of: Float.infinity) { [UInt8]($0) }
    #expect(
      try message([("images.npy", DatasetFiles.npy("<f4", [1, 1, 1, 1], infinite))]).contains(
        "element 0 is inf"))
    try TestFiles.withFolder { folder in
      try DatasetFiles.write(Data("PK no".utf8), to: "\(folder)/d.npz")
      #expect(DatasetFiles.message("\(folder)/d.npz").contains("is not an .npz archive"))
    }
  }

  @Test(
    "shapes that make no sense are refused",
    arguments: [
      ("2, -1, 2, 3", "has '-1' in its shape"), ("2, 1, two, 3", "has 'two' in its shape"),
      ("2, 1, , 3", "has '' in its shape"), ("2, 1.0, 2, 3", "has '1.0' in its shape"),
      ("2, 99999999999999999999, 2, 3", "has '99999999999999999999' in its shape"),
      ("4611686018427387904, 4, 4, 4", "has the impossible shape"),
      ("0, 4611686018427387904, 4, 4", "has the impossible shape"),
      ("9223372036854775807, 1, 1, 1", "has the impossible shape"),
      ("2000000000000000, 1, 1, 1", "more than this machine's memory"),
      ("1, 65536, 65536, 3", "is of 65536 × 65536 pixels"), ("2, 0, 2, 3", "is of 2 × 0 pixels"),
      ("2, 1, 2, 4", "holds 12 bytes for shape [2, 1, 2, 4]"),
      ("1, 1, 2, 3", "holds 12 bytes for shape [1, 1, 2, 3]"),
    ] as [(String, String)])
  func shapes(text: String, words: String) throws {
    let array = DatasetFiles.npy("|u1", shapeText: text, Array(0..<12))
    #expect(try message([("images.npy", array), ("labels.npy", labels)]).contains(words))
  }
}
