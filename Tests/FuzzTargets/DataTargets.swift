import Datasets
import Foundation
import Foundations
import LayerStatistics
import Torch

extension FuzzTarget {
  /// Readers of images and arrays.
  static let dataTargets = [
    FuzzTarget(
      "npz", fileName: "arrays.npz", mutator: ArchiveMutator(),
      readers: [
        { path in
          let archive = try NumPyArchive(contentsOf: path)
          for name in archive.names { _ = try archive.array(name).tensor() }
        }, { try readDataset($0) },
      ]),
    FuzzTarget(
      "npy", fileName: "array.npy",
      mutator: TextMutator(words: ["<f4", "<i8", "|u1", "False", "shape", "descr"]),
      readers: [{ _ = try NumPyArray(contentsOf: $0).tensor() }, { try readDataset($0) }]),
    FuzzTarget(
      "idx", fileName: "t10k-images-idx3-ubyte", mutator: PlainMutator(), readers: [{ try readDataset($0) }]),
    FuzzTarget(
      "image", fileName: "images/a.png", mutator: ImageMutator(),
      readers: [
        { path in
          let dataset = try Dataset.open((path as NSString).deletingLastPathComponent)
          let image = try dataset.image(at: 0)
          if image.height * image.width < 1 << 16 { _ = try image.resized(shortSide: 8, name: path) }
        }
      ]),
    FuzzTarget(
      "image-folder", fileName: "listed/labels.csv",
      mutator: TextMutator(words: ["labels.csv", "..", "/", "images"]),
      readers: [readImageFolder]),
    FuzzTarget(
      "safetensors", fileName: "arrays.safetensors", mutator: SafetensorsMutator(),
      readers: [
        { _ = try SafetensorsFile(contentsOf: $0) }, { try readDataset($0) },
        { _ = try NetworkStatistics(contentsOf: $0) },
      ]),
  ]

  /// Opens a folder with a table of labels, and an image of one pixel.
  @Sendable private static func readImageFolder(_ path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    try Data(base64Encoded: pixel)?.write(to: URL(fileURLWithPath: "\(folder)/a.png"))
    try readDataset(folder)
  }

  private static let pixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="

  /// Opens data and takes some of it, as those who train and calibrate do.
  static func readDataset(_ path: String) throws {
    let dataset = try Dataset.open(path)
    if dataset.labels != nil { _ = try? dataset.requireLabels(classCount: 10) }
    _ = (dataset.divided(1, seed: 1), dataset.sample(2, seed: 1))
    guard let arrays = dataset.arrays else {
      for index in 0..<min(dataset.count, 3) { _ = try dataset.image(at: index) }
      return
    }
    _ = (arrays.text, arrays.exampleShapes)
    _ = try dataset.prefix(8).furtherArrays(than: ["labels"])
    for batch in try dataset.prefix(8).arrayBatches(arrays.names, of: 3) {
      for array in batch { _ = try array.tensor() }
    }
  }
}
