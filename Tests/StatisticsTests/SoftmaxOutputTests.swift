import LayerStatistics
import Network
import ONNX
import Quantization
import Statistics
import TestSupport
import Testing
import Torch

@Suite("Statistics of networks that end in a softmax")
struct SoftmaxOutputTests {
  @Test("are those of the network without it, tensors and perturbations alike")
  func equal() throws {
    let small = try SmallNetwork()
    let model = try Model(contentsOf: TestFiles.golden("small-network.onnx"))
    let options = StatisticsOptions(probes: 8)
    func tensors(_ model: Model) throws -> NetworkStatistics {
      let collector = StatisticsCollector(
        network: try Network(model), images: small.images, labels: small.golden.labels)
      return try #require(try collector.collect(options, hooks: .init()))
    }
    let (plain, soft) = try (tensors(model), tensors(model.endingInSoftmax()))
    #expect(Set(soft.tensors.keys) == Set(plain.tensors.keys))
    for (statistic, values) in plain.tensors {
      let found = try #require(soft.tensors[statistic])
      for (value, other) in zip(values, found) { #expect(try value.bytes() == other.bytes(), "\(statistic)") }
    }

    func perturbations(_ model: Model) throws -> PerturbationTable {
      let quantization = try PostTrainingQuantization(
        model, name: "small", calibration: [small.images], threads: 1)
      let collector = PerturbationCollector(
        quantization: quantization, images: small.images, labels: small.golden.labels, weightBits: [2, 8],
        activationBits: [8])
      return try #require(try collector.collect(StatisticsOptions(), calibration: "images"))
    }
    let (expected, found) = try (perturbations(model), perturbations(model.endingInSoftmax(.reshape)))
    for statistic in PerturbationStatistic.allCases {
      for layer in small.network.layers.indices {
        for bits in [2, 8] {
          #expect(
            found.value(statistic, layer: layer, bits: bits)
              == expected.value(statistic, layer: layer, bits: bits), "\(statistic)")
        }
      }
    }
  }

  @Test("an image's batch of one that the file fixes changes nothing, either")
  func fixedBatch() throws {
    let small = try SmallNetwork()
    let model = try Model(contentsOf: TestFiles.golden("small-network.onnx")).withBatch(of: 1)
    let collector = StatisticsCollector(
      network: try Network(model), images: small.images, labels: small.golden.labels)
    let options = StatisticsOptions(statistics: [.gradient, .activation])
    let found = try #require(try collector.collect(options, hooks: .init()))
    let expected = try small.collect(options)
    for (statistic, values) in expected.tensors {
      for (value, other) in zip(values, try #require(found.tensors[statistic])) {
        #expect(try value.bytes() == other.bytes())
      }
    }
  }
}
