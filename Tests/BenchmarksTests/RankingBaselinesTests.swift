import BitModel
import Foundations
import RankStatistics
import Testing

import Benchmarks

@Suite("Baselines of rankings")
struct RankingBaselinesTests {
  /// Accuracies that the bits of the layers decide on.
  private static let rows = (0..<240).map { index in
    var stream = RandomStream(seed: 6, purpose: "number", index: UInt64(index))
    let number = stream.integer(below: 59_049)
    let bits = SampleBenchmark.row(number, accuracy: 1).configuration.weightBits
    let worth = [3: 3.0, 4: 4.0]
    let quality = bits.enumerated().reduce(0.0) { $0 + Double($1.offset) * (worth[$1.element] ?? 0) }
    return SampleBenchmark.row(number, accuracy: min(1, quality / 220))
  }

  @Test(
    "the images of the direct measurement come near to 50, and the truth is that of the others",
    arguments: [(1000, 50, 20), (1600, 80, 20), (372, 57, 6), (40, 20, 2)])
  func images(_ imageCount: Int, _ seen: Int, _ sets: Int) throws {
    // Image i has a divergence of i, and is right where i is odd.
    let row = BenchmarkRow(
      configuration: BitConfiguration(weightBits: [8, 2, 8], activationBits: 8),
      correct: (0..<imageCount).map { $0 % 2 == 1 },
      agreements: Array(repeating: 1, count: imageCount), losses: Array(repeating: 0, count: imageCount),
      divergences: (0..<imageCount).map { Double($0) / 10 }, seconds: nil)
    let found = DirectDivergence.replicates(.kl, rows: [row], imageCount: imageCount, count: 100)
    #expect(found.count == sets)
    let first = try #require(found.first)
    #expect(first.imageCount == seen)
    #expect(first.title == "direct divergence (\(seen) images)")
    for direct in found {
      // What both see adds up to the whole.
      let whole =
        -direct.scores[0] * Double(direct.imageCount)
        - direct.truth[0] * Double(imageCount - direct.imageCount)
      #expect(abs(whole / (Double(imageCount * (imageCount - 1)) / 20) - 1) < 1e-6)
    }
    let groups = seen * 20 / imageCount
    let expected = (0..<imageCount).filter { $0 % 20 < groups }.map { Double($0) / 10 }
    #expect(abs(first.scores[0] + expected.reduce(0, +) / Double(expected.count)) < 1e-4)
    let right = DirectDivergence.replicates(.top1, rows: [row], imageCount: imageCount)[0].truth[0]
    let unseen = (0..<imageCount).filter { $0 % 20 >= groups }
    #expect(abs(right - Double(unseen.count { $0 % 2 == 1 }) / Double(unseen.count)) < 1e-12)
  }

  @Test("too few images leave nothing to measure apart", arguments: [0, 1])
  func fewImages(_ count: Int) {
    #expect(DirectDivergence.replicates(.kl, rows: Self.rows, imageCount: count).isEmpty)
    #expect(DirectDivergence.replicates(.kl, rows: [], imageCount: 1000).isEmpty)
  }

  @Test("a regression sees the labels that it learns from, and no others")
  func labels() throws {
    let configurations = Self.rows.map(\.configuration)
    let truth = Self.rows.map(\.top1)
    let (learning, held) = LabelRegression.division(count: truth.count, seed: 1)
    #expect(learning.count == 50 && held.count == 190 && Set(learning).isDisjoint(with: held))
    func predictions(_ truth: [Double]) throws -> [Double] {
      try LabelRegression.predictions(
        configurations: configurations, truth: truth, learningFrom: learning, of: held)
    }
    let found = try predictions(truth)
    var scrambled = truth
    for position in held { scrambled[position] = -1 }
    #expect(try predictions(scrambled) == found)
    let rho = try #require(RankCorrelation.spearman(found, held.map { truth[$0] }))
    #expect(rho > 0.7)
    #expect(throws: BenchmarkError.self) {
      try LabelRegression.predictions(
        configurations: configurations, truth: truth, learningFrom: learning, of: [learning[0]])
    }
    #expect(throws: BenchmarkError.self) {
      try LabelRegression.predictions(
        configurations: configurations, truth: truth.map { _ in 1 }, learningFrom: learning, of: held)
    }
    #expect(throws: BenchmarkError.self) {
      try LabelRegression.predictions(
        configurations: configurations, truth: truth, learningFrom: learning, of: [truth.count])
    }
  }

  @Test("few configurations are halved", arguments: [(0, 0), (16, 8), (99, 49), (100, 50), (425, 50)])
  func division(_ count: Int, _ labels: Int) {
    let (learning, held) = LabelRegression.division(count: count, seed: 3)
    #expect(learning.count == labels)
    #expect((learning + held).sorted() == Array(0..<count))
  }

  private func baselines(_ rows: [BenchmarkRow], threads: Int = 2) -> RankingBaselines {
    RankingBaselines(
      .top1, rows: rows, imageCount: SampleBenchmark.imageCount, costs: SampleBenchmark.costs,
      resamples: 20, seed: 1, threads: threads)
  }

  @Test("a ranking has both, for any threads the same")
  func ofRanking() throws {
    let found = try baselines(Self.rows).ofRanking()
    #expect(found.map(\.name) == ["direct divergence (50 images)", "ridge on 50 labels"])
    #expect(try baselines(Self.rows, threads: 1).ofRanking() == found)
    for row in found {
      let estimate = try #require(row.estimates[.rho100])
      #expect(estimate.mean > 0.7 && estimate.lower < estimate.mean && estimate.mean < estimate.upper)
    }
  }

  @Test("a search has a regression on what fitness saw, and one on what the choice saw as well")
  func ofSearch() throws {
    let (search, rest) = (Array(0..<50), Array(50..<240))
    let found = try baselines(Self.rows).ofSearch(
      search: search, validation: Array(rest.prefix(95)), test: Array(rest.dropFirst(95)))
    #expect(
      found.map(\.name) == ["direct divergence (50 images)", "ridge on 50 labels", "ridge on 145 labels"])
    let rho = try found.map { try #require($0.estimates[.rho100]).mean }
    #expect(rho[2] > rho[1])
  }

  @Test("labels that are all alike teach nothing")
  func constant() throws {
    let rows = (0..<40).map { SampleBenchmark.row($0, accuracy: 1) }
    #expect(try baselines(rows).ofRanking().map(\.name) == ["direct divergence (50 images)"])
  }
}
