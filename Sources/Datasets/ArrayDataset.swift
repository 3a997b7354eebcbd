import Foundation
import Foundations

extension Dataset {
  /// Opens arrays by the names of a network's inputs.
  static func openArrays(_ path: String, isFolder: Bool) throws -> Dataset {
    let arrays = try ExampleArrays.open(path, isFolder: isFolder)
    let labels = try labels(of: arrays)
    let files = isFolder ? try ExampleArrays.npzFiles(inFolder: path) : [path]
    let digests = try files.map { try sha256(AtomicFile.read($0)) }
    return try Dataset(
      path: path, digest: digests.count == 1 ? digests[0] : sha256(Data(digests.joined(separator: " ").utf8)),
      source: ArraySource(arrays: arrays), labels: labels, arrays: arrays)
  }

  /// One class for each example, where the array `labels` has such.
  private static func labels(of arrays: ExampleArrays) throws -> [Int]? {
    guard let known = arrays.rows("labels", at: Array(0..<arrays.count)), known.shape.count == 1 else {
      return nil
    }
    guard let labels = known.integers else {
      throw DatasetError("\(arrays.path), labels: has type \(known.type.name); integers are needed")
    }
    return labels
  }

  /// The shape of one example's labels where the array `labels` has integers for several positions, such as tokens, the
  /// greatest one of examples of unequal sizes; nil elsewhere.
  public var positionLabelShape: [Int]? {
    guard let arrays, let type = arrays.type(of: "labels"), !type.isFloatingPoint,
      let shape = arrays.exampleShapes["labels"], !shape.isEmpty
    else { return nil }
    return shape
  }

  /// Arrays of the examples in batches of one shape, in their order.
  ///
  /// - Parameters:
  ///   - names: which arrays.
  ///   - size: examples a batch at most.
  /// - Throws: ``DatasetError`` naming the array that is missing.
  public func arrayBatches(_ names: [String], of size: Int) throws -> [[NumPyArray]] {
    guard let arrays else { throw DatasetError("\(path): holds images; arrays are needed") }
    guard count > 0 else { throw DatasetError("\(path): holds no examples") }
    return try arrays.batches(order, size: max(1, size)).map { positions in
      try names.map { name in
        guard let rows = arrays.rows(name, at: positions) else {
          let place = positions.first.map { arrays.name(at: $0) } ?? path
          throw DatasetError("\(place): the array \(name) has no row for it; each needs one for each example")
        }
        return rows
      }
    }
  }

  /// What the files hold of the examples beside some arrays, such as scores of pairs; what does not stand for these
  /// examples, as they are a part of a pair, is left out.
  ///
  /// - Parameter names: arrays that are not wanted.
  public func furtherArrays(than names: Set<String>) throws -> [(name: String, array: NumPyArray)] {
    guard let arrays else { return [] }
    var found: [(name: String, array: NumPyArray)] = []
    for name in arrays.names where !names.contains(name) {
      if let rows = arrays.rows(name, at: order) { found.append((name, rows)) }
    }
    for (name, array) in arrays.others.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
      guard let count = array.shape.first, count > 0, arrays.count % count == 0 else { continue }
      let size = arrays.count / count
      let starts = stride(from: 0, to: order.count, by: size).map { order[$0] }
      let isWhole =
        order.count % size == 0
        && order.enumerated().allSatisfy { $0.element == starts[$0.offset / size] + $0.offset % size }
        && starts.allSatisfy { $0 % size == 0 }
      guard isWhole else { continue }
      let rowBytes = array.shape.dropFirst().reduce(array.type.byteCount, *)
      let bytes = starts.reduce(into: Data()) { data, start in
        let first = array.bytes.startIndex + start / size * rowBytes
        data += array.bytes[first..<first + rowBytes]
      }
      found.append(
        (name, NumPyArray(type: array.type, shape: [starts.count] + array.shape.dropFirst(), bytes: bytes)))
    }
    return found
  }
}

/// Examples that are no images.
private struct ArraySource: ImageSource {
  let arrays: ExampleArrays

  var count: Int { arrays.count }
  func name(at index: Int) -> String { arrays.name(at: index) }

  func image(at index: Int) throws -> RawImage {
    throw DatasetError(
      "\(arrays.path): holds arrays (\(arrays.text)), no images; an array images would hold such")
  }

  func digest(at index: Int) throws -> String {
    let parts = arrays.names.compactMap { name in
      arrays.rows(name, at: [index]).map { Data(name.utf8) + $0.bytes }
    }
    return sha256(parts.reduce(Data(), +))
  }
}
