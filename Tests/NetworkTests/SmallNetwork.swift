import ONNX
import TestSupport
import Torch

/// The small residual network of `Tests/Golden`, and images for it.
enum SmallNetwork {
  static func model() throws -> Model { try Model(contentsOf: TestFiles.golden("small-network.onnx")) }

  /// Images [count, 2, 6, 6].
  static func images(_ count: Int = 4) throws -> Tensor {
    let values: [Float] = (0..<count * 72).map { index in Float((index * 31) % 53) / 26 - 1 }
    return try Tensor(values, shape: [count, 2, 6, 6])
  }
}
