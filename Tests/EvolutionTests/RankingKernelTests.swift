import Evolution
import Foundation
import Foundations
import Proxies
import RankStatistics
import Testing

/// Correlations of proxies against those of the scores that they give, computed apart.
@Suite struct RankingKernelTests {
  private let formulas = [
    "mul(abs(weight), gradient)", "sign(to_mean(weight))", "heaviside(to_sum(gradient))",
    "sqrt(abs(hessian))",
    "layer_sum(divergence)", "layer_max(weight_error)", "layer_carry(output_error)",
    "layer_product(divergence)",
    "layer_log_sum(weight_error)", "bit_weighted(divergence)", "layer_sum(mul(bits, weight_error))",
    "layer_max(bits)",
  ]

  @Test(arguments: [
    FitnessMeasure.paper, .rho, .spearman(atTop: [0.3, 0.7]), .trueSpearman(atTop: [0.5, 1]), .kendall,
    .pearson,
  ])
  func agreesWithScoresRankedApart(_ measure: FitnessMeasure) throws {
    let benchmark = try SyntheticProblem.benchmark(formula: "layer_sum(add(abs(gradient), divergence))")
    // Many configurations with the same truth.
    let ties = try BenchmarkProblem(
      name: "ties", inputs: benchmark.evaluator.inputs, configurations: benchmark.configurations,
      truth: benchmark.truth.map { ($0 * 4).rounded() }, seed: 4)
    var defined = 0
    for problem in [benchmark, ties] {
      for formula in formulas {
        let proxy = try EvolvedProxy(parsing: formula)
        for positions in [problem.split.search, problem.split.test, Array(problem.truth.indices)] {
          let scores = try proxy.scores(problem.evaluator.inputs).scores(
            positions.map { problem.configurations[$0] })
          let truth = positions.map { problem.truth[$0] }
          func mean(_ shares: [Double], _ value: (Double) -> Double?) -> Double? {
            let values = shares.compactMap(value)
            return values.count == shares.count ? values.reduce(0, +) / Double(shares.count) : nil
          }
          let expected: Double? =
            switch measure {
            case .spearman(let shares):
              mean(shares) { RankCorrelation.spearman(atTop: $0, predicted: scores, truth: truth) }
            case .trueSpearman(let shares):
              mean(shares) { RankCorrelation.spearman(atTrueTop: $0, predicted: scores, truth: truth) }
            case .kendall: RankCorrelation.kendall(scores, truth)
            case .pearson: RankCorrelation.pearson(scores, truth)
            }
          let found = problem.correlation(proxy, measure, at: positions)
          #expect((expected == nil) == (found == nil), "\(formula)")
          if let expected, let found {
            defined += 1
            #expect(abs(expected - found) < 1e-12, "\(formula)")
          }
        }
      }
    }
    #expect(defined > 50)
  }

  @Test func randomProxiesNeverLeaveTheirPlace() throws {
    let problem = try SyntheticProblem.problem(formula: "layer_sum(divergence)")
    let before = try problem.benchmarks[0].evaluator.inputs.statistics.tensors.mapValues {
      try $0.map { try $0.bytes() }
    }
    for structure in Structure.ofLayers {
      let space = SyntheticProblem.extendedSpace(problem, structure)
      for index in 0..<2000 {
        var stream = RandomStream(seed: 21, purpose: "random proxies", index: UInt64(index))
        let value = problem.correlation(space.random(using: &stream).proxy, .paper, on: .search)
        #expect(value.map { $0.isFinite && abs($0) <= 1 } ?? true)
      }
    }
    let after = try problem.benchmarks[0].evaluator.inputs.statistics.tensors.mapValues {
      try $0.map { try $0.bytes() }
    }
    #expect(before == after)
  }
}
