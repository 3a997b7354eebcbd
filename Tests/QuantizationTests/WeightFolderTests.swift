import Foundation
import Quantization
import TestSupport
import Testing

@Suite("Rounded weights in a folder")
struct WeightFolderTests {
  private let weight = StoredWeight(
    levels: Data([0, 1, 2, 255, 254, 7]), scales: [0.5, 1e-7], zeros: [0, 3])

  @Test("come back as they were kept")
  func kept() throws {
    try TestFiles.withFolder { folder in
      let weights = WeightFolder("\(folder)/weights", of: ["network", "images"])
      #expect(try weights.weight(layer: 3, bits: 4) == nil)
      try weights.keep(weight, layer: 3, bits: 4)
      #expect(try weights.weight(layer: 3, bits: 4) == weight)
      #expect(try weights.weight(layer: 3, bits: 2) == nil)
      weights.remove()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test("those of other work are none, and are replaced")
  func otherWork() throws {
    try TestFiles.withFolder { folder in
      try WeightFolder(folder, of: ["network", "images"]).keep(weight, layer: 0, bits: 8)
      let other = WeightFolder(folder, of: ["network", "other images"])
      #expect(try other.weight(layer: 0, bits: 8) == nil)
      var changed = weight
      changed.scales = [1, 2]
      try other.keep(changed, layer: 0, bits: 8)
      #expect(try other.weight(layer: 0, bits: 8) == changed)
    }
  }

  @Test("a file that was damaged anywhere is none", arguments: 0..<12)
  func damaged(part: Int) throws {
    try TestFiles.withFolder { folder in
      let weights = WeightFolder(folder, of: ["network"])
      try weights.keep(weight, layer: 1, bits: 4)
      let path = "\(folder)/1-4.safetensors"
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      // From the end, where the numbers are, to the header.
      bytes[bytes.count - 1 - part * (bytes.count - 1) / 11] ^= 0x41
      try bytes.write(to: URL(fileURLWithPath: path))
      #expect(try weights.weight(layer: 1, bits: 4) == nil)
    }
  }
}
