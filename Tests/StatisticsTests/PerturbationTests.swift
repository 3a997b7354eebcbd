import BitModel
import LayerStatistics
import Network
import ONNX
import Quantization
import Statistics
import TestSupport
import Testing
import Torch

@Suite("Perturbation statistics")
struct PerturbationTests {
  private let small: SmallNetwork
  private let quantization: PostTrainingQuantization

  init() throws {
    small = try SmallNetwork()
    quantization = try PostTrainingQuantization(
      Model(contentsOf: TestFiles.golden("small-network.onnx")), name: "small", calibration: [small.images],
      threads: 1)
  }

  private func collect(bits: [Int], threads: Int = 2, ignoring: Bool = false) throws -> PerturbationTable {
    var collector = PerturbationCollector(
      quantization: quantization, images: small.images, labels: small.golden.labels, weightBits: bits,
      activationBits: [4, 8])
    collector.ignoresPiecewiseLinearity = ignoring
    return try #require(
      try collector.collect(StatisticsOptions(threads: threads), calibration: "images"))
  }

  @Test("errors shrink with bits, and predict the loss where they are small")
  func orders() throws {
    let table = try collect(bits: [2, 4, 8])
    for layer in small.golden.layers.indices {
      func value(_ statistic: PerturbationStatistic, _ bits: Int) throws -> Double {
        try #require(table.value(statistic, layer: layer, bits: bits))
      }
      for statistic in [PerturbationStatistic.weightError, .outputError] {
        #expect(try value(statistic, 2) > value(statistic, 4))
        #expect(try value(statistic, 4) > value(statistic, 8))
      }
      #expect(try value(.activationError, 4) > value(.activationError, 8))
      // To second order, the loss of a small change is what its derivatives say, but for kinks that it crosses.
      let predicted = try value(.gradientProduct, 8) + 0.5 * value(.hessianProduct, 8)
      let scale = try abs(value(.gradientProduct, 8)) + value(.hessianProduct, 8)
      let increase = try value(.lossIncrease, 8)
      #expect(abs(increase - predicted) < 0.1 * scale + 5e-5, "\(increase), not \(predicted), of \(scale)")
      // Half the Hessian's product is the divergence of a small change, as the Fisher information is its curvature.
      #expect(abs(try value(.divergence, 8) / (0.5 * value(.hessianProduct, 8)) - 1) < 0.05)
      #expect(try value(.fisherTraceProduct, 2) > 0)
    }
  }

  @Test("forward passes alone give the same where no derivatives are needed")
  func forwardOnly() throws {
    let all = try collect(bits: [2, 4, 8])
    let wanted: Set<PerturbationStatistic> = [.relativeWeightError, .outputError, .divergence]
    let collector = PerturbationCollector(
      quantization: quantization, images: small.images, labels: small.golden.labels, weightBits: [2, 4, 8],
      activationBits: [4, 8], statistics: wanted)
    let forward = try #require(
      try collector.collect(StatisticsOptions(threads: 2), calibration: "images"))
    #expect(forward.values[.hessianProduct] == nil)
    #expect(forward.values[.divergence] == all.values[.divergence])
    for statistic in wanted.union([.relativeOutputError, .weightError]) {
      let (left, right) = try (
        #require(forward.values[statistic]).joined(), #require(all.values[statistic]).joined()
      )
      for (own, other) in zip(left, right) where !(own.isNaN && other.isNaN) {
        #expect(abs(own - other) <= 1e-5 * abs(other) + 1e-12)
      }
    }
    #expect(forward.inputValues == all.inputValues)
  }

  @Test("what rounding a layer's input alone does is measured where inputs may have several bits")
  func inputs() throws {
    let table = try #require(try collect(bits: [2, 8]).ofInputs)
    #expect(table.weightBits == [4, 8])
    let network = quantization.network
    let float = try network.logits(small.images).converted(to: .float64).logSoftmax(dimension: 1)
    for layer in network.layers.indices {
      for bits in [4, 8] {
        let configuration = BitConfiguration(weightBits: network.layers.map { _ in 8 }, activationBits: bits)
        let grid = quantization.activationQuantizers(configuration)[layer]
        var taps = Taps()
        taps.input = { try $0 == layer ? grid.apply($1) : $1 }
        let rounded = try network.logits(small.images, taps: taps).converted(to: .float64)
          .logSoftmax(dimension: 1)
        let difference = try float.subtracting(rounded)
        let expected =
          try float.applying("exp").multiplied(by: difference).sum().item()
          / Double(small.golden.labels.count)
        let found = try #require(table.value(.divergence, layer: layer, bits: bits))
        #expect(abs(found - expected) <= 1e-6 * abs(expected) + 1e-9)
      }
      let (four, eight) = try (
        #require(table.value(.outputError, layer: layer, bits: 4)),
        #require(table.value(.outputError, layer: layer, bits: 8))
      )
      #expect(four > eight)
    }
  }

  @Test("are the same for any number of threads")
  func determinism() throws {
    #expect(try collect(bits: [2, 8], threads: 1).values == collect(bits: [2, 8], threads: 3).values)
  }

  @Test("products with the Hessian are the same from factors and from second derivatives")
  func hessianProducts() throws {
    let (factors, derivatives) = try (collect(bits: [2, 4]), collect(bits: [2, 4], ignoring: true))
    for layer in small.golden.layers.indices {
      for bits in [2, 4] {
        let value = try #require(factors.value(.hessianProduct, layer: layer, bits: bits))
        let expected = try #require(derivatives.value(.hessianProduct, layer: layer, bits: bits))
        #expect(abs(value / expected - 1) < 1e-4)
      }
    }
  }

  @Test("outer layers have 8 bits too, inner ones the candidates alone")
  func choices() throws {
    let table = try collect(bits: [3])
    #expect(table.weightBits == [3, 8])
    #expect(table.value(.weightError, layer: 0, bits: 8) != nil)
    #expect(table.value(.weightError, layer: 1, bits: 8) == nil)
    #expect(table.value(.weightError, layer: 1, bits: 3) != nil)
  }
}
