import Foundation
import Foundations

/// Arrays by name, one a network's input, that hold examples in their first dimension, and what else a file knows of these.
///
/// Examples of different shapes, such as sequences of unequal length, lie in buckets of one shape each.
public struct ExampleArrays: Sendable {
  /// Examples of the same shapes.
  struct Bucket: Sendable {
    /// Where they are from.
    let path: String
    /// An array for each name, [count, …].
    let arrays: [String: NumPyArray]
    let count: Int
  }

  /// The name of the array that a file without names holds.
  public static let nameless = ""

  /// Where they are from.
  public let path: String
  let buckets: [Bucket]
  /// The position of the first example of each bucket, and the number of all.
  private let starts: [Int]
  /// Arrays that have no place for each example, such as one number for each pair of them.
  public let others: [String: NumPyArray]

  /// Sorts arrays of files into buckets.
  ///
  /// - Parameter files: the arrays of each file, by name.
  /// - Throws: ``DatasetError`` where there are no examples, or files hold different arrays.
  init(path: String, files: [(path: String, arrays: [String: NumPyArray])]) throws {
    var buckets: [Bucket] = []
    var others: [String: NumPyArray] = [:]
    let names = files.first.map { Set($0.arrays.keys) } ?? []
    for file in files {
      guard Set(file.arrays.keys) == names else {
        throw DatasetError(
          "\(file.path): holds the arrays \(Self.text(file.arrays.keys)), but the first file"
            + " \(Self.text(names)); all have to hold the same")
      }
      try Self.requireLikeness(of: file, to: files[0])
      guard let count = Self.exampleCount(file.arrays.values.compactMap(\.shape.first)) else {
        throw DatasetError("\(file.path): holds no examples; arrays with one in each row are needed")
      }
      if let excess = FileLimits.examples.excess(count) { throw DatasetError("\(file.path): \(excess)") }
      let own = file.arrays.filter { $0.value.shape.first == count }
      if files.count == 1 { others = file.arrays.filter { $0.value.shape.first != count } }
      buckets.append(Bucket(path: file.path, arrays: own, count: count))
    }
    // Files of one shape lie next to each other, so that their examples make batches.
    let shapes = buckets.map { bucket in
      bucket.arrays.sorted { $0.key < $1.key }.map {
        $0.value.shape.dropFirst().map(\.description).joined(separator: "x")
      }
      .joined(separator: ",")
    }
    let order = buckets.indices.sorted {
      let first = shapes.firstIndex(of: shapes[$0]) ?? $0
      let second = shapes.firstIndex(of: shapes[$1]) ?? $1
      return (first, $0) < (second, $1)
    }
    self.path = path
    self.buckets = order.map { buckets[$0] }
    starts = self.buckets.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    self.others = others
  }

  /// Checks that arrays of two files have the same types and numbers of dimensions.
  private static func requireLikeness(
    of file: (path: String, arrays: [String: NumPyArray]),
    to first: (path: String, arrays: [String: NumPyArray])
  ) throws {
    for (name, array) in file.arrays.sorted(by: { $0.key < $1.key }) {
      guard let known = first.arrays[name], known.type != array.type || known.shape.count != array.shape.count
      else {
        continue
      }
      throw DatasetError(
        "\(file.path), \(name): has type \(array.type.name) and shape \(array.shape), but in \(first.path)"
          + " \(known.type.name) and \(known.shape); types and numbers of dimensions have to be the same")
    }
  }

  /// The number of examples that arrays of some numbers of rows are of: the greatest, where the others tell something of
  /// groups of so many each, else the commonest.
  private static func exampleCount(_ rows: [Int]) -> Int? {
    guard let greatest = rows.max(), greatest > 0 else { return nil }
    if rows.allSatisfy({ $0 > 0 && greatest % $0 == 0 }) { return greatest }
    let counts = Dictionary(grouping: rows, by: { $0 }).mapValues(\.count)
    return counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
  }

  /// The number of examples.
  public var count: Int { starts.last ?? 0 }

  /// Names of arrays that hold something for each example.
  public var names: [String] { buckets.first.map { $0.arrays.keys.sorted() } ?? [] }

  /// The type of an array; nil where there is none of the name.
  func type(of name: String) -> NumPyArray.ElementType? { buckets.first?.arrays[name]?.type }

  /// How many examples share a row of the others, such as 2 where these tell something of pairs; 1 for none.
  public var groupSize: Int {
    others.values.compactMap { $0.shape.first }.filter { $0 > 0 && count % $0 == 0 }.map { count / $0 }.max()
      ?? 1
  }

  /// The greatest size that one example has in each array, by name.
  public var exampleShapes: [String: [Int]] {
    buckets.reduce(into: [:]) { shapes, bucket in
      for (name, array) in bucket.arrays {
        let shape = Array(array.shape.dropFirst())
        guard let known = shapes[name], known.count == shape.count else {
          shapes[name] = shape
          continue
        }
        shapes[name] = zip(known, shape).map { max($0, $1) }
      }
    }
  }

  /// Names, types and shapes, as messages show them.
  public var text: String {
    let own = buckets.first.map { bucket in bucket.arrays.sorted { $0.key < $1.key } } ?? []
    return (own + others.sorted { $0.key < $1.key }).map {
      "\($0.key.isEmpty ? "one array" : $0.key) (\($0.value.type.name), \($0.value.shape))"
    }.joined(separator: ", ")
  }

  private static func text(_ names: some Collection<String>) -> String {
    names.sorted().joined(separator: ", ")
  }

  /// What messages call an example.
  func name(at index: Int) -> String {
    let bucket = bucket(of: index)
    return "\(buckets[bucket].path), row \(index - starts[bucket])"
  }

  /// - Complexity: logarithmic in the number of buckets.
  func bucket(of index: Int) -> Int {
    var (low, high) = (0, starts.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= index { low = middle } else { high = middle }
    }
    return low
  }

  /// Positions cut where a bucket or a number of them ends.
  func batches(_ positions: [Int], size: Int) -> [[Int]] {
    var batches: [[Int]] = []
    var last: [String: [Int]]?
    for position in positions {
      let shapes = buckets[bucket(of: position)].arrays.mapValues { Array($0.shape.dropFirst()) }
      if var batch = batches.last, batch.count < size, last == shapes {
        batch.append(position)
        batches[batches.count - 1] = batch
      } else {
        batches.append([position])
        last = shapes
      }
    }
    return batches
  }

  /// The rows of an array at some positions.
  ///
  /// - Returns: nil where there is no array of the name, or its rows differ in shape.
  func rows(_ name: String, at positions: [Int]) -> NumPyArray? {
    guard let first = positions.first, let known = buckets[bucket(of: first)].arrays[name] else { return nil }
    let size = known.shape.dropFirst().reduce(known.type.byteCount, *)
    var bytes = Data(capacity: size * positions.count)
    for position in positions {
      let index = bucket(of: position)
      guard let array = buckets[index].arrays[name], array.shape.dropFirst() == known.shape.dropFirst() else {
        return nil
      }
      let start = array.bytes.startIndex + (position - starts[index]) * size
      bytes += array.bytes[start..<start + size]
    }
    return NumPyArray(type: known.type, shape: [positions.count] + known.shape.dropFirst(), bytes: bytes)
  }
}
