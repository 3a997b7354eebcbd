import BitModel
import Network
import TestSupport
import Testing

@Suite("Activation memory")
struct NetworkActivationMemoryTests {
  @Test("activations that are alive together are counted at the bits of the layers that read them")
  func activationMemory() throws {
    let memory = try Network(SmallNetwork.model()).activationMemory()
    // The residual branch: the depthwise layer's output, then the pointwise one's, beside the shortcut's input.
    let float = memory.floatPeakInBits
    let layers = 5
    func bits(_ bits: Int) -> BitConfiguration {
      BitConfiguration(repeating: BitChoice(weightBits: 8, activationBits: bits), count: layers)
    }
    #expect(memory.peakInBits(bits(32)) <= float)
    #expect(float % 32 == 0 && float / 32 >= 2 * 36 + 4 * 36)
    let readers = Set(memory.buffers.flatMap(\.readers))
    #expect(readers == Set(0..<layers))
    let eight = memory.peakInBits(bits(8))
    let mixed = memory.peakInBits(
      BitConfiguration([8, 4, 4, 4, 8].map { BitChoice(weightBits: 8, activationBits: $0) }))
    #expect(memory.peakInBits(bits(4)) <= mixed && mixed <= eight)
    // By hand: what conv1 makes of the image of 2 by 6 by 6, 4 channels of 6 by 6, stands beside the image.
    let image = try #require(memory.buffers.first)
    #expect(image.elements == 72 && image.readers == [0])
    let first = try #require(memory.buffers.first { $0.readers.contains(1) })
    #expect(first.elements == 4 * 36 && first.readers == [1, 3])
  }
}
