import Foundations
import RankStatistics
import Testing

@Suite("Ranking evaluation")
struct RankingEvaluationTests {
  private let truth = (0..<60).map { index in
    var stream = RandomStream(seed: 1, purpose: "truth", index: UInt64(index))
    return stream.uniform()
  }
  private var sizes: [Int] { truth.indices.map { 1000 + ($0 * 37) % 60 } }

  private func evaluation(threads: Int = 2) -> RankingEvaluation {
    RankingEvaluation(truth: truth, sizes: sizes, resamples: 100, seed: 3, threads: threads)
  }

  @Test("the truth itself ranks perfectly and loses nothing; its opposite does the contrary")
  func extremes() throws {
    let perfect = try evaluation().estimates([truth])
    for metric in RankingMetric.allCases where metric != .regret {
      let estimate = try #require(perfect[metric])
      #expect(abs(estimate.mean - 1) < 1e-12)
      #expect(estimate.lower > 1 - 1e-12)
    }
    #expect(perfect[.regret] == RankingEstimate(mean: 0, lower: 0, upper: 0))
    let opposite = try evaluation().estimates([truth.map { -$0 }])
    #expect(abs(try #require(opposite[.rho100]).mean + 1) < 1e-12)
    #expect(try #require(opposite[.overlap20]).mean == 0)
    #expect(try #require(opposite[.regret]).mean > 0)
  }

  @Test("scores that are constant or not finite are not defined")
  func undefined() throws {
    #expect(try evaluation().estimates([truth.map { _ in 2 }]).isEmpty)
    #expect(try evaluation().estimates([truth.map { $0 > 0.5 ? .nan : $0 }]).isEmpty)
    #expect(try evaluation().estimates([truth, truth.map { _ in .infinity }]).isEmpty)
  }

  @Test("intervals hold the mean, widen with the spread of replicates, and are the same for any threads")
  func intervals() throws {
    func noisy(_ replicate: Int, _ amount: Double) -> [Double] {
      truth.enumerated().map { index, value in
        var stream = RandomStream(seed: UInt64(replicate), purpose: "noise", index: UInt64(index))
        return value + amount * (stream.uniform() - 0.5)
      }
    }
    let single = try #require(try evaluation().estimates([noisy(1, 0.5)])[.rho100])
    #expect(single.lower < single.mean && single.mean < single.upper)
    let replicates = [noisy(1, 0.5), noisy(2, 3), noisy(3, 0.1)]
    let several = try #require(try evaluation().estimates(replicates)[.rho100])
    #expect(several.upper - several.lower > single.upper - single.lower)
    #expect(try evaluation(threads: 1).estimates(replicates) == evaluation(threads: 3).estimates(replicates))
  }
}
