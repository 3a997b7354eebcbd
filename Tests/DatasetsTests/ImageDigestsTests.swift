import Datasets
import TestSupport
import Testing

@Suite("Image digests")
struct ImageDigestsTests {
  @Test("tell images apart, and are the same in every view of a data set", arguments: [1, 3])
  func views(threads: Int) throws {
    let all = try Dataset.open("\(TestFiles.fashion)#test#0:60")
    let digests = try all.imageDigests(threads: threads)
    #expect(Set(digests).count == 60)
    #expect(try Dataset.open("\(TestFiles.fashion)#test#20:30").imageDigests() == Array(digests[20..<30]))
    let (drawn, others) = all.divided(15, seed: 3)
    #expect(try drawn.countShared(with: others) == 0)
    #expect(try drawn.countShared(with: all) == 15)
  }
}
