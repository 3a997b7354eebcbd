import Foundations
import LayerStatistics
import Network
import ONNX
import RankStatistics
import Statistics
import TestSupport
import Testing
import Torch

/// Statistics of the small network that PyTorch computed in float64.
struct StatisticsGolden: Decodable {
  struct Layer: Decodable {
    let name: String
    let weight: [Double]
    let gradient: [Double]
    let activation: [Double]
    let synflow: [Double]
    let hessian: [Double]?
    let trace: Double?
  }

  let images: [Double]
  let imageShape: [Int]
  let labels: [Int]
  let layers: [Layer]
}

/// The small network of `Tests/Golden` with its images.
struct SmallNetwork {
  let golden: StatisticsGolden
  let network: Network
  let images: Tensor

  init() throws {
    golden = try TestFiles.goldenJSON("statistics.json", as: StatisticsGolden.self)
    network = try Network(Model(contentsOf: TestFiles.golden("small-network.onnx")))
    images = try Tensor(golden.images.map { Float($0) }, shape: golden.imageShape)
  }

  func collect(
    _ options: StatisticsOptions, known: [Statistic: [Tensor]] = [:],
    hooks: StatisticsCollector.Hooks = .init()
  ) throws -> NetworkStatistics {
    let collector = StatisticsCollector(network: network, images: images, labels: golden.labels)
    return try #require(try collector.collect(options, known: known, hooks: hooks))
  }
}

@Suite("Statistics")
struct StatisticsTests {
  private let small: SmallNetwork
  private var golden: StatisticsGolden { small.golden }

  init() throws { small = try SmallNetwork() }

  private func collect(_ options: StatisticsOptions) throws -> NetworkStatistics {
    try small.collect(options)
  }

  @Test("W, G, A and V equal PyTorch in float64")
  func exactStatistics() throws {
    let found = try collect(StatisticsOptions(statistics: [.weight, .gradient, .activation, .synflow]))
    #expect(found.layerNames == golden.layers.map(\.name))
    #expect(found.tensors[.hessian] == nil)
    for (index, layer) in golden.layers.enumerated() {
      func difference(_ statistic: Statistic, _ expected: [Double]) throws -> Double {
        relativeDifference(try #require(found.tensor(statistic, layer: index)).doubles(), expected)
      }
      #expect(try difference(.weight, layer.weight) < 1e-5)
      #expect(try difference(.gradient, layer.gradient) < 1e-5)
      #expect(try difference(.activation, layer.activation) < 1e-5)
      #expect(try difference(.synflow, layer.synflow) < 1e-5)
    }
  }

  @Test(
    "the Hessian's diagonal is that of second derivatives: exactly from factors, within errors from probes")
  func hessian() throws {
    let wanted: [Statistic] = [.hessian, .hessianTrace, .hessianTraceError, .gaussNewton]
    let found = try collect(StatisticsOptions(statistics: wanted, probes: 512))
    var compared = 0
    for (index, layer) in golden.layers.enumerated() {
      guard let expected = layer.hessian, let trace = layer.trace else { continue }
      compared += 1
      let gaussNewton = try #require(found.tensor(.gaussNewton, layer: index)).doubles()
      #expect(relativeDifference(gaussNewton, expected) < 1e-5)
      let estimate = try #require(found.tensor(.hessianTrace, layer: index)).item()
      let error = try #require(found.tensor(.hessianTraceError, layer: index)).item()
      #expect(abs(estimate - trace) < 4 * error)
      let diagonal = try #require(found.tensor(.hessian, layer: index)).doubles()
      #expect(abs(diagonal.reduce(0, +) - estimate) < 1e-4 * abs(estimate))
      #expect(try #require(RankCorrelation.pearson(diagonal, expected)) > 0.5)
    }
    #expect(compared == 2)
  }

  @Test("random combinations of classes estimate the Gauss-Newton matrix", arguments: [64, 1024])
  func sketch(columns: Int) throws {
    let exact = try collect(StatisticsOptions(statistics: [.gaussNewton]))
    let estimated = try collect(
      StatisticsOptions(statistics: [.gaussNewton], exactClasses: 0, factorColumns: columns))
    for layer in golden.layers.indices {
      let expected = try #require(exact.tensor(.gaussNewton, layer: layer)).sum().item()
      let found = try #require(estimated.tensor(.gaussNewton, layer: layer)).sum().item()
      #expect(abs(found - expected) < 3 / Double(columns).squareRoot() * expected)
    }
  }

  @Test("the standard error tells how far traces are off, and ends the drawing of probes")
  func standardError() throws {
    let exact = try collect(StatisticsOptions(statistics: [.gaussNewton]))
    var squares = 0.0
    let seeds = 1...8
    for seed in seeds {
      let found = try collect(
        StatisticsOptions(statistics: [.hessianTrace, .hessianTraceError], probes: 16, seed: UInt64(seed)))
      for layer in golden.layers.indices {
        let trace = try #require(exact.tensor(.gaussNewton, layer: layer)).sum().item()
        let error = try #require(found.tensor(.hessianTraceError, layer: layer)).item()
        let distance = try #require(found.tensor(.hessianTrace, layer: layer)).item() - trace
        #expect(abs(distance) < 5 * error)
        squares += distance * distance / (error * error)
      }
    }
    let meanSquare = squares / Double(seeds.count * golden.layers.count)
    #expect((0.2...2.5).contains(meanSquare), "\(meanSquare)")

    let counter = CallCounter()
    let loose = StatisticsOptions(statistics: [.hessianTrace], probes: 512, tolerance: 1000)
    _ = try small.collect(loose, hooks: .init(progress: { _ in counter.count() }))
    #expect(counter.value == 16, "one share, a round of 16 probes")
  }

  @Test("eigenvalues of blocks are the same from Gauss-Newton factors and from the Hessian")
  func eigenvalues() throws {
    let found = try collect(StatisticsOptions(statistics: [.topEigenvalue, .gaussNewton]))
    var collector = StatisticsCollector(
      network: small.network, images: small.images, labels: golden.labels)
    collector.ignoresPiecewiseLinearity = true
    let hessian = try #require(
      try collector.collect(StatisticsOptions(statistics: [.topEigenvalue], seed: 5))?.tensors[.topEigenvalue]
    ).map { try $0.item() }
    for layer in golden.layers.indices {
      let value = try #require(found.tensor(.topEigenvalue, layer: layer)).item()
      let trace = try #require(found.tensor(.gaussNewton, layer: layer)).sum().item()
      #expect(abs(value - hessian[layer]) < 1e-3 * value)
      #expect(value > 0 && value < trace)
    }
  }

  @Test("are the same bytes for any number of threads, and leave the network as it was")
  func determinism() throws {
    let before = try small.network.weights.map { try $0.bytes() }
    let one = try collect(StatisticsOptions(probes: 5, threads: 1))
    let three = try collect(StatisticsOptions(probes: 5, threads: 3))
    for statistic in Statistic.allCases {
      let left = try #require(one.tensors[statistic]).map { try $0.bytes() }
      #expect(try #require(three.tensors[statistic]).map { try $0.bytes() } == left)
    }
    #expect(try small.network.weights.map { try $0.bytes() } == before)
  }

  @Test("what is known is not computed again, and what is missing is added")
  func resume() throws {
    let whole = try collect(StatisticsOptions(probes: 4))
    let part = try collect(StatisticsOptions(statistics: [.weight, .gradient, .fisher], probes: 4))
    let saved = CallCounter()
    let resumed = try small.collect(
      StatisticsOptions(probes: 4), known: part.tensors, hooks: .init(save: { _ in saved.count() }))
    for statistic in Statistic.allCases {
      let expected = try #require(whole.tensors[statistic]).map { try $0.bytes() }
      #expect(try #require(resumed.tensors[statistic]).map { try $0.bytes() } == expected)
    }
    #expect(saved.value == 5, "synflow, first order, Hutchinson, factors, eigenvalues")
    let stopped = try StatisticsCollector(
      network: small.network, images: small.images, labels: golden.labels
    ).collect(StatisticsOptions(), hooks: .init(isCancelled: { true }))
    #expect(stopped == nil)
  }

  @Test("a kept batch averages to the averaged one")
  func keptBatch() throws {
    let wanted: [Statistic] = [.activation, .activationGradient]
    let averaged = try collect(StatisticsOptions(statistics: wanted))
    let kept = try collect(StatisticsOptions(statistics: wanted, keepsBatch: true))
    for statistic in wanted {
      for layer in golden.layers.indices {
        let images = try #require(kept.tensor(statistic, layer: layer))
        let expected = try #require(averaged.tensor(statistic, layer: layer))
        #expect(images.shape == [golden.labels.count] + expected.shape)
        #expect(try relativeDifference(images.mean(over: [0]).doubles(), expected.doubles()) < 1e-5)
      }
    }
  }

  @Test("one image, weights that are not numbers, and dead layers are told")
  func badInput() throws {
    let one = StatisticsCollector(
      network: small.network, images: try small.images.sliced(dimension: 0, from: 0, to: 1), labels: [0])
    #expect(throws: NetworkError.input("statistics need two images or more, as they compare them; got 1")) {
      _ = try one.collect(StatisticsOptions())
    }
    let index = small.network.weightIndices[1]
    let weight = small.network.weights[1]
    func network(_ value: Double) throws -> StatisticsCollector {
      let replaced = try small.network.replacingConstants([index: .full(value, shape: weight.shape)])
      return StatisticsCollector(network: replaced, images: small.images, labels: golden.labels)
    }
    #expect(
      throws: NetworkError.input(
        "network: node depthwise has weights that are not finite numbers; export it again")
    ) { _ = try network(.nan).collect(StatisticsOptions()) }
    let dead = try #require(try network(0).collect(StatisticsOptions(probes: 4)))
    #expect(try dead.deadLayers() == ["depthwise"])
    for tensors in dead.tensors.values {
      #expect(try tensors.allSatisfy { try $0.absolute().applying("max").item().isFinite })
    }
  }

  @Test("files read back, and other files are refused")
  func files() throws {
    try TestFiles.withFolder { folder in
      var found = try collect(StatisticsOptions(statistics: [.weight, .gradient]))
      found.perturbations = [
        PerturbationTable(
          rounding: "r", calibration: "c", weightBits: [2, 8], activationBits: [8],
          values: [.divergence: [[0.1, .nan], [0.2, 0.3]]])
      ]
      try found.write(to: "\(folder)/s.safetensors")
      let read = try NetworkStatistics(contentsOf: "\(folder)/s.safetensors")
      #expect(read.costs == found.costs)
      #expect(try read.tensor(.gradient, layer: 2)?.bytes() == found.tensor(.gradient, layer: 2)?.bytes())
      #expect(read.tensors[.hessian] == nil)
      #expect(read.perturbations[0].value(.divergence, layer: 1, bits: 8) == 0.3)
      #expect(read.perturbations[0].value(.divergence, layer: 0, bits: 8) == nil)
      #expect(read.perturbations[0].value(.divergence, layer: 0, bits: 3) == nil)
      try SafetensorsFile(tensors: []).write(to: "\(folder)/other.safetensors")
      #expect(throws: FileError.self) { _ = try NetworkStatistics(contentsOf: "\(folder)/other.safetensors") }
    }
  }
}
