import Datasets
import Foundation
import TestSupport
import Testing
import Torch

@Suite("Data sets")
struct DatasetTests {
  /// Ten images of one pixel that show their number, with labels of the same.
  private func withDataset(_ body: (String) throws -> Void) throws {
    try TestFiles.withFolder { folder in
      DatasetFiles.npz(
        [
          ("images.npy", DatasetFiles.npy("|u1", [10, 1, 1], Array(0..<10))),
          ("labels.npy", DatasetFiles.npy("|u1", [10], Array(0..<10))),
        ], to: "\(folder)/d.npz")
      try body("\(folder)/d.npz")
    }
  }

  @Test("a range takes images and labels, and is another identity")
  func ranges() throws {
    try withDataset { path in
      let all = try Dataset.open(path)
      let part = try Dataset.open("\(path)#2:5")
      #expect(part.labels == [2, 3, 4])
      #expect(try part.image(at: 0).pixels == .bytes([2]))
      #expect(part.digest != all.digest)
      for range in ["5:5", "-1:3", "3:11", "a:b", "1:2:3", ":"] {
        #expect(DatasetFiles.message("\(path)#\(range)").contains("a range such as #0:10"))
      }
    }
  }

  @Test("drawn images and the others are all there are, the same for the same seed")
  func divisions() throws {
    try withDataset { path in
      let all = try Dataset.open(path)
      let (drawn, others) = all.divided(4, seed: 5)
      #expect(drawn.count == 4 && others.count == 6)
      #expect(Set((drawn.labels ?? []) + (others.labels ?? [])) == Set(0..<10))
      #expect(all.divided(4, seed: 5).drawn.labels == drawn.labels)
      #expect(all.sample(4, seed: 1).labels?.count == 4)
      #expect(all.sample(20, seed: 1).labels == all.labels)
      #expect(all.prefix(3).labels == [0, 1, 2])
    }
  }

  @Test("batches are the same for any number of threads", arguments: [1, 3])
  func batches(threads: Int) throws {
    try withDataset { path in
      let preprocessing = try Preprocessing(mean: [0], std: [1], scale: .bytes)
      let batches = try Dataset.open(path).batches(of: 4, preprocessing: preprocessing, threads: threads)
      #expect(batches.map(\.images.shape) == [[4, 1, 1, 1], [4, 1, 1, 1], [2, 1, 1, 1]])
      #expect(try batches.flatMap { try $0.images.floats() } == (0..<10).map(Float.init))
      #expect(batches.flatMap(\.labels) == Array(0..<10))
    }
  }

  @Test("labels that a network has no class for are named")
  func labels() throws {
    try withDataset { path in
      let dataset = try Dataset.open(path)
      #expect(try dataset.requireLabels(classCount: 10) == Array(0..<10))
      #expect {
        _ = try dataset.requireLabels(classCount: 9)
      } throws: { "\($0)".contains("image 9: has the label 9, but the network has 9 classes, 0 to 8") }
    }
  }
}
