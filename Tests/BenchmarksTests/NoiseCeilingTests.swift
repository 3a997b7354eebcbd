import Benchmarks
import BitModel
import Foundation
import Foundations
import Quantization
import RankStatistics
import TestSupport
import Testing
import Torch

@Suite("Noise ceiling")
struct NoiseCeilingTests {
  private func ceiling(_ rows: [BenchmarkRow], _ measure: Measure = .top1) -> NoiseCeiling? {
    NoiseCeiling(measure, rows: rows, imageCount: SampleBenchmark.imageCount, seed: 1)
  }

  @Test("is what a predictor that knows the truth reaches", arguments: [0.0018, 0.0008, 0.0003])
  func knownTruth(step: Double) throws {
    // 200 configurations whose true accuracies are known; each measured on images drawn at random.
    let truth = (0..<200).map { 0.6 + step * Double(($0 * 37) % 200) }
    let rows = SampleBenchmark.rows(200) { truth[$0] }
    let ceiling = try #require(self.ceiling(rows))
    func reached(_ share: Double) throws -> Double {
      try #require(RankCorrelation.spearman(atTop: share, predicted: truth, truth: rows.map(\.top1)))
    }
    #expect(try abs(ceiling.all - reached(1)) < 0.06)
    #expect(abs(try #require(ceiling.half) - reached(0.5)) < 0.2)
    #expect(abs(try #require(ceiling.fifth) - reached(0.2)) < 0.3)
  }

  @Test("is high for clear differences and low for none", arguments: Measure.allCases)
  func extremes(measure: Measure) throws {
    let clear = try #require(ceiling(SampleBenchmark.rows(60) { 0.2 + 0.012 * Double($0) }, measure))
    #expect(clear.all > 0.98 && clear.all <= 1)
    #expect((ceiling(SampleBenchmark.rows(60) { _ in 0.5 }, measure)?.all ?? 0) < 0.6)
    #expect(ceiling([], measure) == nil)
  }

  @Test("higher is better in every measure", arguments: Measure.allCases)
  func direction(measure: Measure) {
    let rows = SampleBenchmark.rows(2) { $0 == 0 ? 0.9 : 0.3 }
    #expect(measure.goodness(rows[0]) > measure.goodness(rows[1]))
  }
}
