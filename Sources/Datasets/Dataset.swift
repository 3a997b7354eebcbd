import Foundation
import Foundations

/// Examples, such as images, and what they show where that is known.
///
/// Opened from an IDX file or folder, an NPZ file, or a folder of JPEG and PNG images; or, for networks that take other
/// things than images, from arrays by the names of a network's inputs:
///
///     let test = try Dataset.open("/usr/share/datasets/fashion-mnist#test")
///     let some = try Dataset.open("test.npz").prefix(256)
///     let others = try Dataset.open("test.npz#256:512")  // images 256 to 511
public struct Dataset: Sendable {
  /// Where it was opened from.
  public let path: String
  /// The identity of images and labels: a digest of the files.
  public let digest: String
  let source: any ImageSource
  let order: [Int]
  private let allLabels: [Int]?
  /// The arrays of a data set that holds such; nil for images.
  public let arrays: ExampleArrays?

  init(
    path: String, digest: String, source: any ImageSource, labels: [Int]?, arrays: ExampleArrays? = nil
  ) throws {
    if let labels, let bad = labels.firstIndex(where: { $0 < 0 }) {
      let name = arrays == nil ? "\(path): image \(bad)" : "\(source.name(at: bad)):"
      throw DatasetError("\(name) has the label \(labels[bad]); labels count from 0")
    }
    if let excess = FileLimits.examples.excess(source.count) { throw DatasetError("\(path): \(excess)") }
    self.path = path
    self.digest = digest
    self.source = source
    self.order = Array(0..<source.count)
    self.allLabels = labels
    self.arrays = arrays
  }

  private init(_ base: Dataset, order: [Int], path: String? = nil, digest: String? = nil) {
    self.path = path ?? base.path
    self.digest = digest ?? base.digest
    source = base.source
    self.order = order
    allLabels = base.allLabels
    arrays = base.arrays
  }

  /// The number of images.
  public var count: Int { order.count }

  /// What messages call an example.
  public var unit: ExampleUnit { arrays == nil ? .image : .example }

  /// The class of each image, counted from 0; nil where the data has none.
  public var labels: [Int]? { allLabels.map { all in order.map { all[$0] } } }

  /// The first `count` images, or all where there are fewer.
  public func prefix(_ count: Int) -> Dataset { Dataset(self, order: Array(order.prefix(count))) }

  /// `count` images drawn at random without repetition, in the order of the files; all where there are fewer.
  ///
  /// - Parameters:
  ///   - count: how many are drawn.
  ///   - seed: what randomness is derived from.
  ///   - skipped: how many were drawn with the same seed before; these are drawn only where the others are too few.
  public func sample(_ count: Int, seed: UInt64, after skipped: Int = 0) -> Dataset {
    guard count < order.count else { return self }
    var stream = RandomStream(seed: seed, purpose: "data set sample")
    let shuffled = shuffled(using: &stream)
    let drawn = (shuffled.dropFirst(skipped) + shuffled.prefix(skipped)).prefix(count)
    return Dataset(self, order: drawn.sorted())
  }

  /// `count` images drawn at random, and the others, both in the order of the files.
  public func divided(_ count: Int, seed: UInt64) -> (drawn: Dataset, others: Dataset) {
    var stream = RandomStream(seed: seed, purpose: "data set division")
    let shuffled = shuffled(using: &stream)
    let count = count - count % groupSize
    let drawn = shuffled.prefix(count).sorted()
    return (Dataset(self, order: drawn), Dataset(self, order: shuffled.dropFirst(count).sorted()))
  }

  /// How many examples belong together, as pairs do.
  public var groupSize: Int {
    guard let size = arrays?.groupSize, size > 1, order.count % size == 0 else { return 1 }
    let isWhole = stride(from: 0, to: order.count, by: size).allSatisfy { start in
      order[start] % size == 0 && (1..<size).allSatisfy { order[start + $0] == order[start] + $0 }
    }
    return isWhole ? size : 1
  }

  /// The examples at some positions, in the order of these.
  public func reordered(_ positions: [Int]) -> Dataset { Dataset(self, order: positions.map { order[$0] }) }

  /// The positions of the examples in the order in which the data have them.
  public var originalOrder: [Int] { order.indices.sorted { order[$0] < order[$1] } }

  /// The positions in random order; examples that belong together stay so.
  private func shuffled(using stream: inout RandomStream) -> [Int] {
    let size = groupSize
    guard size > 1 else { return order.shuffled(using: &stream) }
    return stride(from: 0, to: order.count, by: size).shuffled(using: &stream).flatMap { start in
      order[start..<start + size]
    }
  }

  /// The image at a position.
  ///
  /// - Throws: ``DatasetError`` naming the file that cannot be decoded.
  public func image(at index: Int) throws -> RawImage { try source.image(at: order[index]) }

  /// What messages call the image at a position.
  public func name(at index: Int) -> String { source.name(at: order[index]) }

  /// The labels, after checking that they fit a network with `classCount` classes.
  ///
  /// - Throws: ``DatasetError`` naming the first image whose label is missing or outside.
  public func requireLabels(classCount: Int) throws -> [Int] {
    guard let labels else {
      if let arrays {
        throw DatasetError(
          "\(path): has no labels; an array labels of \(arrays.count) classes would give them (it holds \(arrays.text))"
        )
      }
      throw DatasetError(
        "\(path): has no labels; class subfolders, a labels.csv or an array labels would give them")
    }
    for (index, label) in labels.enumerated() where label >= classCount {
      throw DatasetError(
        "\(name(at: index)): has the label \(label), but the network has \(classCount) classes,"
          + " 0 to \(classCount - 1)")
    }
    return labels
  }

  /// Opens a data set, whose kind is told from the path.
  ///
  /// - Parameter path: a folder of images; a `.npz` file; an IDX file of images, with its labels beside it;
  ///   a folder of IDX files followed by `#train` or `#test`; or a `.npz`, `.safetensors`, `.npy` or `.csv` file, or
  ///   folder of `.npz` files, with an array for each of a network's inputs, and `labels` where classes are known. `#256:512` at the end takes images 256 to 511 of any
  ///   of these.
  /// - Throws: ``DatasetError`` or `FileError` saying what is wrong with which file.
  public static func open(_ path: String) throws -> Dataset {
    guard let mark = path.lastIndex(of: "#"), path[mark...].contains(":") else { return try openWhole(path) }
    let whole = try openWhole(String(path[..<mark]))
    let bounds = path[path.index(after: mark)...].split(separator: ":", omittingEmptySubsequences: false)
      .map { Int($0) }
    guard bounds.count == 2, let start = bounds[0], let end = bounds[1], start >= 0, start < end,
      end <= whole.count
    else {
      throw DatasetError(
        "\(path): a range such as #0:\(whole.count), within the \(whole.unit.counted(whole.count)) there are, is needed",
        kind: .usage)
    }
    return Dataset(
      whole, order: Array(whole.order[start..<end]), path: path,
      digest: sha256(Data("\(whole.digest) \(start):\(end)".utf8)))
  }

  private static func openWhole(_ path: String) throws -> Dataset {
    let parts = path.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let base = String(parts.first ?? "")
    let split = parts.count > 1 ? String(parts[1]) : nil
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: base, isDirectory: &isFolder) else {
      throw DatasetError("\(base): no such file or folder of images", kind: .noInput)
    }
    if isFolder.boolValue {
      if let images = try IDXFile.imagesFile(inFolder: base, split: split) {
        return try openIDX(images, as: path)
      }
      if try !ExampleArrays.npzFiles(inFolder: base).isEmpty { return try openArrays(base, isFolder: true) }
      return try ImageFolder.open(base)
    }
    if base.lowercased().hasSuffix(".npz") { return try openNPZ(base) }
    if ExampleArrays.isArrayFile(base) { return try openArrays(base, isFolder: false) }
    if base.contains("idx3") { return try openIDX(base, as: path) }
    throw DatasetError(
      "\(base): is neither a folder, an IDX file (…-images-idx3-ubyte, .gz too) nor a file of arrays (.npz, .npy, .csv,"
        + " .safetensors)")
  }
}

/// Gives images by position.
protocol ImageSource: Sendable {
  var count: Int { get }
  func image(at index: Int) throws -> RawImage
  func name(at index: Int) -> String
  /// The identity of an image; that of its pixels where a source does not know better.
  func digest(at index: Int) throws -> String
}
