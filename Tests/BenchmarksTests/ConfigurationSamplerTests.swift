import Benchmarks
import BitModel
import Foundation
import Foundations
import Quantization
import RankStatistics
import TestSupport
import Testing
import Torch

@Suite("Configurations")
struct ConfigurationSamplerTests {
  private let costs = SampleBenchmark.costs

  private func sampler(
    _ bits: [Int] = [4, 2, 3], activations: [Int] = [8], design: ConfigurationSampler.Design = .random
  ) throws -> ConfigurationSampler {
    try ConfigurationSampler(
      costs: costs, candidates: bits, activationCandidates: activations, design: design, seed: 5)
  }

  @Test("are distinct, and the same for the same seed")
  func sampling() throws {
    let drawn = try sampler().configurations(300)
    #expect(Set(drawn).count == 300)
    #expect(try Array(sampler().configurations(40)) == Array(drawn.prefix(40)))
    #expect(drawn.allSatisfy { $0.weightBits.first == 8 && $0.weightBits.last == 8 })
    #expect(Set(drawn.flatMap { $0.weightBits.dropFirst().dropLast() }) == [2, 3, 4])
    #expect(throws: BenchmarkError.self) { _ = try sampler([2]).configurations(2) }
    #expect(throws: BenchmarkError.self) { _ = try sampler([1]) }
    #expect(throws: BenchmarkError.self) { _ = try sampler(activations: [17]) }
  }

  @Test("mix activation bits where there are several, the outer layers with the most")
  func activations() throws {
    let drawn = try sampler(activations: [4, 6]).configurations(100)
    #expect(Set(drawn.flatMap { $0.activationBits.dropFirst().dropLast() }) == [4, 6])
    #expect(drawn.allSatisfy { $0.activationBits.first == 6 && $0.activationBits.last == 6 })
    #expect(try sampler(activations: [4, 6]).uniformConfigurations().map { $0.weightBits[1] } == [2, 3, 4])
  }

  @Test("spread evenly over average bits where that is asked for")
  func stratified() throws {
    func spread(_ design: ConfigurationSampler.Design) throws -> [Double] {
      try sampler(design: design).configurations(200).map { costs.averageBits($0) }.sorted()
    }
    let (random, stratified) = (try spread(.random), try spread(.stratified))
    let (least, greatest) = (costs.averageBits(costs.uniform(2)), costs.averageBits(costs.uniform(4)))
    for quarter in 1..<4 {
      let expected = least + Double(quarter) / 4 * (greatest - least)
      #expect(abs(stratified[quarter * 50] - expected) < 0.06)
    }
    #expect(stratified[150] - stratified[50] > 1.5 * (random[150] - random[50]))
    #expect(try Set(sampler(design: .stratified).configurations(200)).count == 200)
  }

  @Test("of a size come close to it from below")
  func sized() throws {
    let bound = costs.sizeInBits(costs.uniform(3))
    let drawn = try sampler().configurations(ofSizeInBits: bound, count: 20)
    #expect(Set(drawn).count > 15)
    for configuration in drawn {
      let size = costs.sizeInBits(configuration)
      #expect(size <= bound && Double(size) > 0.97 * Double(bound))
    }
  }
}
