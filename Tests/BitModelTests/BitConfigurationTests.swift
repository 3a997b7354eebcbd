import BitModel
import Testing

@Suite("Bit configurations")
struct BitConfigurationTests {
  @Test("bit configurations read their own text, and nothing else")
  func bitConfiguration() {
    let configuration = BitConfiguration(weightBits: [8, 2, 4], activationBits: 8)
    #expect(BitConfiguration(configuration.description) == configuration)
    #expect(BitConfiguration("8,2/8") == nil)
    #expect(BitConfiguration("8,x/8,8") == nil)
  }
}
