import Foundation
import Support
import TestSupport
import Testing

@Suite("Support")
struct SupportTests {
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

  @Test("a parallel map keeps the order and reports the lowest failing index", arguments: [1, 2, 7])
  func parallel(threads: Int) throws {
    #expect(try parallelMap(count: 100, threads: threads) { $0 * $0 } == (0..<100).map { $0 * $0 })
    struct Failure: Error, Equatable { let index: Int }
    #expect(throws: Failure(index: 3)) {
      _ = try parallelMap(count: 4, threads: threads) { index in
        if index == 3 { throw Failure(index: index) }
        return index
      }
    }
  }

  @Test("a failed write leaves the old file and nothing else")
  func atomicWrite() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/file"
      try AtomicFile.write(Data("old".utf8), to: path)
      struct Failure: Error {}
      #expect(throws: Failure.self) {
        try AtomicFile.write(to: path) { temporary in
          try Data("half".utf8).write(to: URL(fileURLWithPath: temporary))
          throw Failure()
        }
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("old".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
    }
  }

  @Test("bit configurations read their own text, and nothing else")
  func bitConfiguration() {
    let configuration = BitConfiguration(weightBits: [8, 2, 4], activationBits: 8)
    #expect(BitConfiguration(configuration.description) == configuration)
    #expect(BitConfiguration("8,2/8") == nil)
    #expect(BitConfiguration("8,x/8,8") == nil)
  }

  @Test("sizes and operations follow their formulas")
  func costs() {
    let costs = CostModel(layers: [
      LayerCost(name: "a", parameters: 100, macs: 1_000_000),
      LayerCost(name: "b", parameters: 300, macs: 2_000_000),
    ])
    #expect(costs.sizeInBits([8, 2]) == 1400)
    #expect(costs.averageBits([8, 2]) == 3.5)
    #expect(
      abs(costs.bitOperations(BitConfiguration(weightBits: [8, 2], activationBits: 8)) - 0.096) < 1e-12)
  }

  @Test("the digest is SHA-256")
  func digest() {
    #expect(sha256(Data("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}

@Suite struct NearestNamesTests {
  @Test(arguments: [
    ("grad_nrom", "did you mean grad_norm?"), ("hawq2", "did you mean hawq or hawq_v2?"),
    ("", "did you mean"), ("quite_another_thing_altogether_here", "there are grad_norm, hawq, hawq_v2, snip"),
  ])
  func offersWhatIsNear(name: String, expected: String) {
    let text = nearestNames(to: name, among: ["grad_norm", "hawq", "hawq_v2", "snip"])
    #expect(name.isEmpty || text == expected, "\(text)")
  }
}
