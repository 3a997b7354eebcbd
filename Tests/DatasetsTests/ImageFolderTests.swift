import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Folders of images")
struct ImageFolderTests {
  @Test("folders without images, and files of other kinds, are refused")
  func wrongPaths() throws {
    try TestFiles.withFolder { folder in
      #expect(DatasetFiles.message(folder).contains("holds no .jpg or .png image"))
      #expect(DatasetFiles.message("\(folder)/none").contains("no such file or folder"))
      let table = "\(folder)/labels.csv"
      try DatasetFiles.write(Data("file,class\nmissing.jpg,3\n".utf8), to: table)
      #expect(DatasetFiles.message(folder).contains("line 2: there is no file"))
      try DatasetFiles.write(Data("file,class\n\na.jpg,three\n".utf8), to: table)
      #expect(DatasetFiles.message(folder).contains("line 3: 'a.jpg,three'"))
      try DatasetFiles.write(Data("file,class\n\"a.jpg,3\n".utf8), to: table)
      #expect(DatasetFiles.message(folder).contains("line 2: a quote is not closed"))
      try FileManager.default.removeItem(atPath: table)
      try DatasetFiles.write(Data("not a picture".utf8), to: "\(folder)/a.jpg")
      let dataset = try Dataset.open(folder)
      #expect(dataset.labels == nil)
      #expect(throws: DatasetError.self) { try dataset.image(at: 0) }
    }
  }

  @Test("classes come from subfolders in the order of their names")
  func subfolders() throws {
    try TestFiles.withFolder { folder in
      for name in ["b", "a"] {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/\(name)", withIntermediateDirectories: false)
      }
      for name in ["b/1.jpg", "a/2.png", "a/1.JPEG", "a/notes.txt"] {
        try DatasetFiles.write(Data([1]), to: "\(folder)/\(name)")
      }
      let dataset = try Dataset.open(folder)
      #expect(
        (0..<dataset.count).map { dataset.name(at: $0).dropFirst(folder.count + 1) } == [
          "a/1.JPEG", "a/2.png", "b/1.jpg",
        ])
      #expect(dataset.labels == [0, 0, 1])
    }
  }

  @Test("classes come from a table, with or without titles, from any program")
  func table() throws {
    try TestFiles.withFolder { folder in
      try FileManager.default.createDirectory(atPath: "\(folder)/images", withIntermediateDirectories: false)
      for name in ["a.jpg", "b, c.png", "images/d.jpg"] {
        try DatasetFiles.write(Data([1]), to: "\(folder)/\(name)")
      }
      let rows = "a.jpg, 3\r\n\"b, c.png\",1,\"more\"\r\n\r\n \"d.jpg\" ,0"
      var digests = Set<String>()
      for text in ["file,class\r\n" + rows, "\u{FEFF}" + rows] {
        try DatasetFiles.write(Data(text.utf8), to: "\(folder)/labels.csv")
        let dataset = try Dataset.open(folder)
        #expect(dataset.labels == [3, 1, 0])
        #expect(dataset.name(at: 1) == "\(folder)/b, c.png")
        #expect(dataset.name(at: 2) == "\(folder)/images/d.jpg")
        digests.insert(dataset.digest)
      }
      #expect(digests.count == 1)
    }
  }
}
