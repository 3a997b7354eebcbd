import Network
import TestSupport
import Testing
import Torch

@Suite("Evaluation")
struct EvaluationTests {
  @Test("logits do not depend on the number of threads", arguments: [1, 2, 3])
  func threads(count: Int) throws {
    let network = try Network(SmallNetwork.model())
    let batches = try (0..<5).map { batch in
      let values: [Float] = (0..<72).map { index in Float((index * 7 + batch * 13) % 23) / 11 - 1 }
      return try Tensor(values, shape: [1, 2, 6, 6])
    }
    let single = try network.logits(batches: batches, threads: 1).map { try $0.bytes() }
    #expect(try network.logits(batches: batches, threads: count).map { try $0.bytes() } == single)
  }
}
