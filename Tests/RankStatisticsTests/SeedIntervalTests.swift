import RankStatistics
import TestSupport
import Testing

/// Intervals against those of SciPy's t (`Tests/Golden/intervals.py`).
@Suite("Intervals of means")
struct SeedIntervalTests {
  struct Golden: Decodable, Sendable {
    let values: [Double]
    let test: Int
    let training: Int
    let mean: Double
    let independent: Double
    let resplits: Double
  }

  @Test("are what SciPy says, of independent values and of resplits")
  func golden() throws {
    let cases = try TestFiles.goldenJSON("intervals.json", as: [Golden].self)
    #expect(cases.count == 7)
    for golden in cases {
      let independent = try #require(SeedInterval(golden.values))
      let resplits = try #require(
        SeedInterval(resplits: golden.values, testCount: golden.test, trainingCount: golden.training))
      #expect(abs(independent.mean - golden.mean) < 1e-12 && resplits.mean == independent.mean)
      // Quantiles are known to three decimals.
      #expect(abs(try #require(independent.halfWidth) / golden.independent - 1) < 5e-4)
      #expect(abs(try #require(resplits.halfWidth) / golden.resplits - 1) < 5e-4)
    }
  }

  @Test("more splits of the same configurations do not make an interval vanish")
  func limit() throws {
    let values = (0..<1000).map { Double($0 % 2) }
    let independent = try #require(SeedInterval(values)?.halfWidth)
    let resplits = try #require(
      SeedInterval(resplits: values, testCount: 50, trainingCount: 50)?.halfWidth)
    #expect(independent < 0.04)
    #expect(resplits > 0.9)
  }

  @Test("there is none of no values, or of splits without configurations")
  func undefined() {
    #expect(SeedInterval([]) == nil)
    #expect(SeedInterval([1])?.halfWidth == nil)
    #expect(SeedInterval(resplits: [], testCount: 1, trainingCount: 1) == nil)
    #expect(SeedInterval(resplits: [1, 2], testCount: 0, trainingCount: 1) == nil)
    #expect(SeedInterval(resplits: [1, 2], testCount: 1, trainingCount: 0) == nil)
    #expect(SeedInterval(resplits: [1], testCount: 1, trainingCount: 1)?.halfWidth == nil)
  }
}
