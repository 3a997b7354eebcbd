import Foundation
import Foundations

extension Dataset {
  /// The identity of each image: a digest of its pixels, or of its file where it has one of its own.
  ///
  /// - Throws: ``DatasetError`` naming the file that cannot be read.
  /// - Complexity: O(bytes of all images).
  public func imageDigests(threads: Int = 1) throws -> [String] {
    try parallelMap(count: order.count, threads: threads) { try source.digest(at: order[$0]) }
  }

  /// How many of these images stand in another data set, too.
  ///
  /// - Complexity: O(bytes of all images of both).
  public func countShared(with other: Dataset, threads: Int = 1) throws -> Int {
    let known = Set(try other.imageDigests(threads: threads))
    return try imageDigests(threads: threads).count { known.contains($0) }
  }
}

extension ImageSource {
  func digest(at index: Int) throws -> String {
    let image = try image(at: index)
    let shape = Data("\(image.height) \(image.width) \(image.channels) ".utf8)
    switch image.pixels {
    case .bytes(let bytes): return sha256(shape + Data(bytes))
    case .floats(let floats): return sha256(shape + floats.withUnsafeBytes { Data($0) })
    }
  }
}
