import Foundation

extension Data {
  /// Numbers as four bytes each, as stores keep them.
  package init(floats: [Float]) { self = floats.withUnsafeBytes { Data($0) } }

  /// Numbers of four bytes each.
  package var floats: [Float] {
    withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }
}
