import BitModel
import Testing

@Suite("Bit configurations")
struct BitConfigurationTests {
  @Test("read their own text")
  func text() throws {
    let configuration = try #require(BitConfiguration(weightBits: [8, 2, 4], activationBits: [8, 4, 8]))
    #expect(configuration.description == "8,2,4/8,4,8")
    #expect(BitConfiguration(configuration.description) == configuration)
  }

  @Test("read nothing else", arguments: ["8,2/8", "8,x/8,8", "8,,2/8,8,8", "8,2", "8,2/8,8/8,8", "/8", ""])
  func otherText(text: String) {
    #expect(BitConfiguration(text) == nil)
  }

  @Test("hold one choice a layer, so that lists of different lengths make none")
  func mismatch() {
    #expect(BitConfiguration(weightBits: [8, 2], activationBits: [8]) == nil)
  }

  @Test("are collections of choices")
  func collection() {
    var configuration = BitConfiguration(repeating: BitChoice(weightBits: 3), count: 3)
    configuration[1].weightBits = 5
    configuration[2] = BitChoice(weightBits: 2, activationBits: 4)
    #expect(configuration.weightBits == [3, 5, 2])
    #expect(configuration.activationBits == [8, 8, 4])
    #expect(configuration == BitConfiguration(configuration.map { $0 }))
  }

  @Test(
    "are supported where a quantizer can have all of their bits",
    arguments: [(1, false), (2, true), (8, true), (9, false)])
  func supported(bits: Int, isSupported: Bool) {
    #expect(BitConfiguration(weightBits: [4, bits], activationBits: 8).isSupported == isSupported)
    #expect(
      BitConfiguration([BitChoice(weightBits: 8, activationBits: bits)]).isSupported == isSupported)
  }
}
