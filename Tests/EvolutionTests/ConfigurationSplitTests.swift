import Evolution
import Testing

@Suite struct ConfigurationSplitTests {
  @Test(arguments: [0, 1, 16, 63, 64, 99, 149, 150, 425])
  func coversEveryPositionOnce(_ count: Int) {
    let split = ConfigurationSplit(count: count, seed: 7)
    #expect((split.search + split.validation + split.test).sorted() == Array(0..<count))
  }

  @Test func dependsOnNothingButCountAndSeed() {
    #expect(ConfigurationSplit(count: 425, seed: 7) == ConfigurationSplit(count: 425, seed: 7))
    #expect(ConfigurationSplit(count: 425, seed: 7) != ConfigurationSplit(count: 425, seed: 8))
  }

  @Test func hasTheSizesItDocuments() {
    let large = ConfigurationSplit(count: 425, seed: 1)
    #expect([large.search.count, large.validation.count, large.test.count] == [50, 187, 188])
    let small = ConfigurationSplit(count: 64, seed: 1)
    #expect([small.search.count, small.validation.count, small.test.count] == [32, 16, 16])
  }
}
