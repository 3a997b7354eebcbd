import Foundations
import Testing

@Suite("Random streams")
struct RandomStreamTests {
  @Test("a random stream is a function of seed, purpose and index")
  func randomStream() {
    func first(_ seed: UInt64, _ purpose: String, _ index: UInt64) -> UInt64 {
      var stream = RandomStream(seed: seed, purpose: purpose, index: index)
      return stream.next()
    }
    #expect(first(1, "a", 0) == first(1, "a", 0))
    #expect(Set([first(1, "a", 0), first(2, "a", 0), first(1, "b", 0), first(1, "a", 1)]).count == 4)
    var stream = RandomStream(seed: 5, purpose: "mean")
    let mean = (0..<10_000).reduce(0.0) { sum, _ in sum + stream.uniform() } / 10_000
    #expect(abs(mean - 0.5) < 0.015)
  }
}
