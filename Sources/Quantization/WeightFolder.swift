import Foundation
import Foundations
import Torch

/// Keeps rounded weights in a folder, a file for each layer and number of bits, so that work that was interrupted goes on
/// with the layers that it had rounded.
///
///     let folder = WeightFolder("small.onnx.weights", of: [network.digest(), calibration.digest, options])
///     let quantization = quantization.keepingWeights(in: folder)
///
/// A file of other work, or one that was damaged, is as good as none, and is written anew.
public struct WeightFolder: WeightStore {
  /// The folder.
  public let path: String
  private let identity: String

  /// Names a folder, which is made with the first weight.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - identity: what rounded weights depend on: the network, the calibration data and the options.
  public init(_ path: String, of identity: [String]) {
    self.path = path
    self.identity = sha256(Data(([ProgramVersion.current] + identity).joined(separator: "\n").utf8))
  }

  /// Removes the folder with all that is kept in it.
  public func remove() { try? FileManager.default.removeItem(atPath: path) }

  private func file(_ layer: Int, _ bits: Int) -> String { "\(path)/\(layer)-\(bits).safetensors" }

  private func metadata(_ weight: StoredWeight) -> [String: String] {
    let numbers = (weight.scales + weight.zeros).map { "\($0.bitPattern)" }.joined(separator: " ")
    return [
      "identity": identity, "levels": sha256(weight.levels), "grid": sha256(Data(numbers.utf8)),
    ]
  }

  /// The weight of a layer at some bits; nil where there is no file of it, or none that is whole and of the same work.
  public func weight(layer: Int, bits: Int) throws -> StoredWeight? {
    let name = file(layer, bits)
    guard FileManager.default.fileExists(atPath: name), let read = try? SafetensorsFile(contentsOf: name),
      let levels = try read["levels"]?.bytes(), let scales = try read["scales"]?.floats(),
      let zeros = try read["zeros"]?.floats()
    else { return nil }
    let weight = StoredWeight(levels: levels, scales: scales, zeros: zeros)
    return read.metadata == metadata(weight) ? weight : nil
  }

  /// Writes a weight's file.
  public func keep(_ weight: StoredWeight, layer: Int, bits: Int) throws {
    try AtomicFile.makeFolder(path)
    let tensors = [
      ("levels", try Tensor(weight.levels, shape: [weight.levels.count], elementType: .uint8)),
      ("scales", try Tensor(weight.scales, shape: [weight.scales.count])),
      ("zeros", try Tensor(weight.zeros, shape: [weight.zeros.count])),
    ]
    try SafetensorsFile(tensors: tensors, metadata: metadata(weight)).write(to: file(layer, bits))
  }
}
