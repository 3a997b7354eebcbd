import Foundation
import MQBench
import Quantization
import Support
import TestSupport
import Testing
import Torch

/// A benchmark of a network that there is not, measured by drawing images at random.
enum SampleBenchmark {
  static let imageCount = 1000
  static let costs = CostModel(
    layers: (0..<12).map { LayerCost(name: "l\($0)", parameters: 100 * ($0 + 1), macs: 1000) })

  static func description(
    seed: UInt64 = 1, network: String = "abc", rounding: Rounding = .nearest
  ) -> BenchmarkDescription {
    var options = QuantizationOptions()
    options.rounding = rounding
    return BenchmarkDescription(
      model: "m.onnx", network: network, costs: costs,
      evaluation: .init(path: "e", digest: "1", count: imageCount),
      calibration: .init(path: "c", digest: "2", count: 8), weightBits: [2, 3, 4], activationBits: [8],
      quantization: options, design: .random, seed: seed, floatTop1: 0.9)
  }

  /// A row whose images are right with some probability.
  static func row(_ index: Int, accuracy: Double, role: BenchmarkRow.Role = .drawn) -> BenchmarkRow {
    var stream = RandomStream(seed: 3, purpose: "sample benchmark", index: UInt64(index))
    let correct = (0..<imageCount).map { _ in stream.uniform() < accuracy }
    let losses = correct.map { ($0 ? 0.1 : 2.5) + stream.uniform() }
    var bits = [8, 8]
    var rest = index
    for _ in 0..<10 {
      bits.insert(2 + rest % 3, at: 1)
      rest /= 3
    }
    return BenchmarkRow(
      configuration: BitConfiguration(weightBits: bits, activationBits: 8), role: role, correct: correct,
      agreements: correct.map { $0 ? 1 : 0.5 }, losses: losses, divergences: losses.map { $0 / 3 },
      seconds: 0.25)
  }

  static func rows(_ count: Int, accuracy: (Int) -> Double) -> [BenchmarkRow] {
    (0..<count).map { row($0, accuracy: accuracy($0)) }
  }
}

@Suite("Benchmark store")
struct BenchmarkStoreTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }

  @Test("rows are kept, one a configuration, and weights with them")
  func store() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/b.sqlite"
      let description = SampleBenchmark.description()
      let store = try SQLiteBenchmarkStore(path: path, description: description)
      let first = SampleBenchmark.row(2, accuracy: 0.7)
      var twin = SampleBenchmark.row(5, accuracy: 0.2)
      twin.configuration = first.configuration
      try store.insert(first)
      try store.insert(twin)
      try store.insert(SampleBenchmark.row(3, accuracy: 0.6, role: .uniform))
      let weight = StoredWeight(levels: Data([1, 2, 255]), scales: [0.5], zeros: [1])
      try store.keep(weight, layer: 3, bits: 2)
      let opened = try SQLiteBenchmarkStore(opening: path)
      #expect(opened.description == description)
      #expect(try opened.rows().count == 2)
      #expect(try opened.drawnRows() == [first])
      #expect(try opened.weight(layer: 3, bits: 2) == weight)
      #expect(try opened.weight(layer: 3, bits: 3) == nil)
      #expect(try opened.configurations().contains(first.configuration))
    }
  }

  @Test("a benchmark of something else is refused, and it is said of what")
  func mismatch() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/b.sqlite"
      _ = try SQLiteBenchmarkStore(path: path, description: SampleBenchmark.description())
      func reason(_ other: BenchmarkDescription) -> String {
        message { _ = try SQLiteBenchmarkStore(path: path, description: other) }
      }
      #expect(reason(SampleBenchmark.description(seed: 2)).contains("another seed (1)"))
      #expect(reason(SampleBenchmark.description(network: "x")).contains("another network (m.onnx)"))
      #expect(reason(SampleBenchmark.description(rounding: .gptq)).contains("another rounding (nearest"))
      var images = SampleBenchmark.description()
      images.evaluation.count = 5
      #expect(reason(images).contains("other evaluation images"))
      var moved = SampleBenchmark.description()
      moved.evaluation.path = "elsewhere"
      #expect(reason(moved).isEmpty)
    }
  }

  @Test("each process gets another configuration, and those of the dead are free again")
  func claims() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/b.sqlite"
      let store = try SQLiteBenchmarkStore(path: path, description: SampleBenchmark.description())
      let rows = SampleBenchmark.rows(3) { _ in 0.5 }
      let configurations = rows.map(\.configuration)
      func mark(_ configuration: BitConfiguration, process: Int32) throws {
        let ended = Process()
        ended.executableURL = URL(fileURLWithPath: "/bin/true")
        try ended.run()
        ended.waitUntilExit()
        // The number of a process that has ended.
        let number = process == 0 ? ended.processIdentifier : process
        try store.mark(configuration, process: number)
      }
      #expect(try store.claim(configurations) == .configuration(configurations[0]))
      // Process 1 lives as long as the machine.
      try mark(configurations[0], process: 1)
      #expect(try store.claim(configurations) == .configuration(configurations[1]))
      try store.insert(rows[1])
      #expect(try store.claim(configurations) == .configuration(configurations[2]))
      try store.insert(rows[2])
      #expect(try store.claim(configurations) == .wait)
      try mark(configurations[0], process: 0)
      #expect(try store.claim(configurations) == .configuration(configurations[0]))
      try store.insert(rows[0])
      #expect(try store.claim(configurations) == .nothing)
    }
  }

  @Test("files that are no benchmark, cut off or of another version are refused in one line")
  func otherFiles() throws {
    try TestFiles.withFolder { folder in
      let path = "\(folder)/b.sqlite"
      func reason() -> String { message { _ = try SQLiteBenchmarkStore(opening: path).rows() } }
      #expect(reason().contains("no such file"))
      try AtomicFile.write(Data("this is not a database, by a long way".utf8), to: path)
      #expect(reason().contains("is not an SQLite file"))
      try AtomicFile.write(Data(), to: path)
      #expect(reason().contains("is an SQLite file but not a benchmark"))
      let good = "\(folder)/good.sqlite"
      let store = try SQLiteBenchmarkStore(path: good, description: SampleBenchmark.description())
      try store.insert(SampleBenchmark.rows(40) { _ in 0.5 })
      let data = try Data(contentsOf: URL(fileURLWithPath: good))
      try AtomicFile.write(data.prefix(data.count / 2), to: path)
      #expect(reason().contains("damaged"))
      #expect(!reason().contains("\n"))
    }
  }
}

@Suite("Benchmark files")
struct BenchmarkFileTests {
  @Test(
    "nothing is lost on the way out and back in", arguments: BenchmarkFile.Format.allCases, [true, false])
  func roundTrip(format: BenchmarkFile.Format, includingSeconds: Bool) throws {
    try TestFiles.withFolder { folder in
      var rows = SampleBenchmark.rows(20) { 0.3 + 0.02 * Double($0) }
      rows[3].configuration.activationBits[4] = 4
      rows[4].role = .uniform
      if !includingSeconds { for index in rows.indices { rows[index].seconds = nil } }
      let file = BenchmarkFile(description: SampleBenchmark.description(), rows: rows)
      let path = "\(folder)/b.\(format.rawValue)"
      try AtomicFile.write(file.data(format, includingSeconds: includingSeconds), to: path)
      #expect(try BenchmarkFile(contentsOf: path) == file)
    }
  }

  @Test("what is wrong with a line is said with its number")
  func errors() throws {
    try TestFiles.withFolder { folder in
      let file = BenchmarkFile(
        description: SampleBenchmark.description(), rows: SampleBenchmark.rows(3) { _ in 0.5 })
      let good = String(decoding: try file.data(.csv), as: UTF8.self)
      func reason(_ text: String) throws -> String {
        try AtomicFile.write(Data(text.utf8), to: "\(folder)/b.csv")
        do {
          _ = try BenchmarkFile(contentsOf: "\(folder)/b.csv")
          return ""
        } catch { return "\(error)" }
      }
      func changed(_ change: (inout [String]) -> Void) -> String {
        var lines = good.components(separatedBy: "\n")
        change(&lines)
        return lines.joined(separator: "\n")
      }
      #expect(try reason(good).isEmpty)
      #expect(try reason("top1\n0.5\n").contains("is not a benchmark"))
      #expect(try reason(String(good.dropLast(30))).contains("ends in the middle of a line"))
      #expect(try reason(changed { $0[1] = "a,b" }).contains("line 2: the columns role,"))
      #expect(try reason(changed { $0[3] = "drawn,8" }).contains("line 4: has 2 fields; 12 are needed"))
      #expect(
        try reason(changed { $0[3] = $0[3].replacingOccurrences(of: "drawn", with: "x") }).contains(
          "role is 'x'"))
      #expect(
        try reason(changed { $0[2] = $0[2].replacingOccurrences(of: "drawn,8-", with: "drawn,9-") }).contains(
          "line 3: weight_bits is '9-"))
      #expect(try reason(changed { $0[4] = $0[3] }).contains("twice"))
    }
  }
}

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
      try sampler(design: design).configurations(200).map { costs.averageBits($0.weightBits) }.sorted()
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
      let size = costs.sizeInBits(configuration.weightBits)
      #expect(size <= bound && Double(size) > 0.97 * Double(bound))
    }
  }
}

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

@Suite("Image views")
struct ImageViewTests {
  @Test("mirror and shift, and begin with the image itself")
  func views() throws {
    let image = try Tensor((0..<36).map { Float($0) }, shape: [1, 1, 6, 6])
    let views = try ImageView.first(ImageView.count).map { try $0.apply(image).doubles() }
    #expect(try views[0] == image.doubles())
    #expect(views[1].prefix(6) == [5, 4, 3, 2, 1, 0])
    // Two down and two to the right: what was at the corner is now at (2, 2), with its reflection before it.
    #expect(views[2][14] == 0 && views[2][35] == 21 && views[2][0] == 14)
    #expect(Set(views).count == ImageView.count)
  }
}
