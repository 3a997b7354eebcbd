import Foundation
import MQBench
import Support
import TestSupport
import Testing

@Suite("MQ-Bench")
struct MQBenchTests {
  private let costs = CostModel(
    layers: (0..<12).map { LayerCost(name: "l\($0)", parameters: 100 * ($0 + 1), macs: 1000) })

  private func description(seed: UInt64 = 1) -> BenchmarkDescription {
    BenchmarkDescription(
      model: "m.onnx", network: "abc", costs: costs, evaluation: .init(path: "e", digest: "1", count: 64),
      calibration: .init(path: "c", digest: "2", count: 8), weightBits: [2, 3, 4], activationBits: 8,
      rounding: "nearest", seed: seed, floatTop1: 0.9)
  }

  private func row(_ index: Int, correct: [Bool]) -> BenchmarkRow {
    BenchmarkRow(
      configuration: BitConfiguration(weightBits: [8, index, 8], activationBits: 8),
      top1: Double(correct.count { $0 }) / Double(correct.count), loss: 0.5, agreement: 0.75,
      correct: correct,
      seconds: 0.1)
  }

  @Test("rows are kept, one a configuration")
  func store() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/b.sqlite"
      let store = try SQLiteBenchmarkStore(path: path, description: description())
      let first = row(2, correct: [true, false, true, true, false, false, false, false, true])
      try store.insert(first)
      try store.insert(row(2, correct: [false]))
      try store.insert(row(3, correct: [true]))
      let opened = try SQLiteBenchmarkStore(opening: path)
      #expect(opened.description == description())
      #expect(try opened.rows().count == 2)
      #expect(try opened.rows()[0] == first)
      #expect(first.isCorrect(8) && !first.isCorrect(1))
      #expect(try opened.configurations().contains(first.configuration))
      #expect(throws: BenchmarkError.self) {
        _ = try SQLiteBenchmarkStore(path: path, description: description(seed: 2))
      }
    }
  }

  @Test("files that are no benchmark are refused in one line")
  func otherFiles() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/b.sqlite"
      func message() -> String {
        do {
          _ = try SQLiteBenchmarkStore(opening: path)
          return ""
        } catch { return "\(error)" }
      }
      #expect(message().contains("no such file"))
      try AtomicFile.write(Data("this is not a database, by a long way".utf8), to: path)
      #expect(message().contains("is not an SQLite file"))
      try AtomicFile.write(Data(), to: path)
      #expect(message().contains("is an SQLite file but not a benchmark"))
    }
  }

  @Test("configurations are distinct, and the same for the same seed")
  func sampling() throws {
    let sampler = try ConfigurationSampler(costs: costs, candidates: [4, 2, 3], activationBits: 8, seed: 5)
    let drawn = try sampler.configurations(300)
    #expect(Set(drawn).count == 300)
    #expect(try Array(sampler.configurations(40)) == Array(drawn.prefix(40)))
    #expect(drawn.allSatisfy { $0.weightBits.first == 8 && $0.weightBits.last == 8 })
    #expect(Set(drawn.flatMap { $0.weightBits.dropFirst().dropLast() }) == [2, 3, 4])
    let two = try ConfigurationSampler(costs: costs, candidates: [2], activationBits: 8, seed: 5)
    #expect(throws: BenchmarkError.self) { _ = try two.configurations(2) }
    #expect(throws: BenchmarkError.self) {
      _ = try ConfigurationSampler(costs: costs, candidates: [1], activationBits: 8, seed: 5)
    }
  }

  @Test("sized configurations come close to the size from below")
  func sized() throws {
    let sampler = try ConfigurationSampler(costs: costs, candidates: [2, 3, 4], activationBits: 8, seed: 5)
    let bound = costs.sizeInBits(costs.uniform(3))
    let drawn = sampler.configurations(ofSizeInBits: bound, count: 20)
    #expect(Set(drawn).count > 15)
    for configuration in drawn {
      let size = costs.sizeInBits(configuration.weightBits)
      #expect(size <= bound && Double(size) > 0.97 * Double(bound))
    }
  }

  @Test("the noise ceiling is high for clear differences and low for none")
  func ceiling() throws {
    func rows(_ accuracy: (Int) -> Double) -> [BenchmarkRow] {
      (0..<40).map { index in
        var stream = RandomStream(seed: 3, purpose: "ceiling", index: UInt64(index))
        return row(index, correct: (0..<1000).map { _ in stream.uniform() < accuracy(index) })
      }
    }
    let clear = try #require(NoiseCeiling.top1(rows { 0.2 + 0.015 * Double($0) }, imageCount: 1000, seed: 1))
    let none = NoiseCeiling.top1(rows { _ in 0.5 }, imageCount: 1000, seed: 1) ?? 0
    #expect(clear > 0.98 && clear <= 1)
    #expect(none < 0.6)
  }
}
