import Datasets
import Foundation
import LayerStatistics
import Network
import ONNX
import Proxies
import Quantization
import Statistics
import TestSupport
import Testing
import Torch

/// Statistics and proxies of ResNet-20 that PyTorch computed in float64 (`Tests/Golden/resnet20_statistics.py`).
private struct ResNet20Golden: Decodable {
  /// What is kept of a tensor.
  struct Summary: Decodable {
    let l2, l1, mean: Double
    let samples, walsh: [Double]
  }

  struct Layer: Decodable {
    let name: String
    let parameters: Int
    let tensors: [String: Summary]
    let scalars: [String: Double]
    let perturbations: [String: [String: Double]]
    let activationError: [String: Double]
  }

  let images: Int
  let loss: Double
  let layers: [Layer]
  let coefficients: [String: [Double]]
  let scores: [String: [String: [Double]]]
}

/// The same, computed by this program once for all tests.
private enum ResNet20 {
  static let golden = Result { () throws -> ResNet20Golden in
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .useDefaultKeys
    let data = try Data(contentsOf: URL(fileURLWithPath: TestFiles.golden("resnet20_statistics.json")))
    let text = String(decoding: data, as: UTF8.self)
      .replacingOccurrences(of: "\"activation_error\"", with: "\"activationError\"")
    return try decoder.decode(ResNet20Golden.self, from: Data(text.utf8))
  }

  static let statistics = Result { () throws -> NetworkStatistics in
    let source = try Model(contentsOf: TestFiles.shared("models/resnet20-cifar10.onnx"))
    let network = try Network(source, name: "resnet20")
    let dataset = try Dataset.open(TestFiles.shared("data/cifar10/train.npz") + "#0:64")
    let batches = try dataset.batches(of: 64, preprocessing: .preset("cifar10"), threads: 2)
    let images = batches[0].images
    let labels = try dataset.requireLabels(classCount: network.classCount)
    let before = try network.weights.map { try $0.bytes() }
    let options = StatisticsOptions(probes: 32)
    var found = try #require(
      try StatisticsCollector(network: network, images: images, labels: labels).collect(options))
    let quantization = try PostTrainingQuantization(
      source, name: "resnet20", calibration: [images], threads: 2)
    let folded = try quantization.network.weights.map { try $0.bytes() }
    let table = try PerturbationCollector(
      quantization: quantization, images: images, labels: labels, weightBits: [2, 3, 4],
      activationBits: [4, 8]
    ).collect(options, calibration: "")
    found.perturbations = [try #require(table)]
    #expect(try network.weights.map { try $0.bytes() } == before, "weights are changed by no statistic")
    #expect(try quantization.network.weights.map { try $0.bytes() } == folded)
    return found
  }
}

@Suite("ResNet-20 against PyTorch in float64", .enabled(if: TestFiles.hasShared), .serialized)
struct ResNet20GoldenTests {
  private let golden: ResNet20Golden
  private let found: NetworkStatistics
  private static let tolerance = 1e-3

  init() throws {
    golden = try ResNet20.golden.get()
    found = try ResNet20.statistics.get()
  }

  @Test(arguments: [
    "weight", "gradient", "activation", "activation_gradient", "fisher", "gauss_newton", "hessian_gradient",
    "synflow", "gram",
  ])
  func tensors(name: String) throws {
    let statistic = try #require(Statistic(rawValue: name))
    for (index, layer) in golden.layers.enumerated() {
      let expected = try #require(layer.tensors[name])
      let values = try #require(found.tensor(statistic, layer: index)).doubles()
      let count = values.count
      let l2 = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let l1 = values.reduce(0) { $0 + abs($1) }
      #expect(abs(l2 / expected.l2 - 1) < Self.tolerance, "\(layer.name): \(l2), not \(expected.l2)")
      #expect(abs(l1 / expected.l1 - 1) < Self.tolerance, "\(layer.name): \(l1), not \(expected.l1)")
      let masks = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2047, 85, 170, 819, 1365]
      for (mask, value) in zip(masks, expected.walsh) {
        let sum = values.indices.reduce(0.0) {
          (($1 & mask).nonzeroBitCount & 1 == 0) ? $0 + values[$1] : $0 - values[$1]
        }
        // A coefficient of the difference is about as large as its norm over the root of its size.
        let difference = abs(sum / Double(count).squareRoot() - value)
        #expect(difference < Self.tolerance * expected.l2, "\(layer.name), mask \(mask)")
      }
      let greatest = values.map { abs($0) }.max() ?? 0
      for (place, value) in expected.samples.enumerated() {
        #expect(abs(values[place * count / 24] - value) < Self.tolerance * greatest, "\(layer.name)")
      }
    }
  }

  @Test func eigenvaluesAndChannelFisher() throws {
    for (index, layer) in golden.layers.enumerated() {
      for (name, statistic) in [
        ("top_eigenvalue", Statistic.topEigenvalue), ("activation_fisher", .activationFisher),
      ] {
        let value = try #require(found.tensor(statistic, layer: index)).item()
        let expected = try #require(layer.scalars[name])
        #expect(
          abs(value / expected - 1) < Self.tolerance, "\(layer.name) \(name): \(value), not \(expected)")
      }
    }
  }

  @Test func tracesAreWithinThreeStandardErrors() throws {
    for (index, layer) in golden.layers.enumerated() {
      let expected = try #require(layer.scalars["trace"])
      let value = try #require(found.tensor(.hessianTrace, layer: index)).item()
      let error = try #require(found.tensor(.hessianTraceError, layer: index)).item()
      #expect(abs(value - expected) < 3 * error, "\(layer.name): \(value) ± \(error), not \(expected)")
      let diagonal = try #require(found.tensor(.hessian, layer: index)).converted(to: .float64).sum().item()
      #expect(abs(diagonal - value) < 1e-4 * (abs(value) + error))
    }
  }

  /// Relative to the greatest of a statistic over layers and bits, and where a value is not close to zero among these,
  /// to the value itself.
  private func expectClose(
    _ values: [Double], _ expected: [Double], _ what: String, location: SourceLocation = #_sourceLocation
  ) {
    #expect(relativeDifference(values, expected) < Self.tolerance, "\(what)", sourceLocation: location)
    let greatest = expected.map { abs($0) }.max() ?? 0
    for (value, expected) in zip(values, expected) where abs(expected) > 0.01 * greatest {
      #expect(
        abs(value / expected - 1) < Self.tolerance, "\(what): \(value), not \(expected)",
        sourceLocation: location)
    }
  }

  @Test(arguments: [
    ("weight_error", PerturbationStatistic.weightError), ("output_error", .outputError),
    ("gradient_product", .gradientProduct), ("hessian_product", .hessianProduct),
    ("fisher_product", .fisherProduct), ("loss_increase", .lossIncrease), ("divergence", .divergence),
  ])
  func perturbations(name: String, statistic: PerturbationStatistic) throws {
    var (values, expected) = ([Double](), [Double]())
    for (index, layer) in golden.layers.enumerated() {
      for (bits, golden) in layer.perturbations {
        let bits = try #require(Int(bits))
        values.append(try #require(found.perturbations[0].value(statistic, layer: index, bits: bits)))
        expected.append(try #require(golden[name]))
      }
    }
    #expect(values.count == 62)
    expectClose(values, expected, name)
  }

  @Test(arguments: [4, 8])
  func activationErrors(bits: Int) throws {
    let values = try golden.layers.indices.map {
      try #require(found.perturbations[0].value(.activationError, layer: $0, bits: bits))
    }
    expectClose(values, try golden.layers.map { try #require($0.activationError["\(bits)"]) }, "\(bits) bits")
  }

  @Test(arguments: HandcraftedProxy.all.filter { $0.kind != .response }.map(\.name))
  func handcraftedProxies(name: String) throws {
    let proxy = try #require(HandcraftedProxy.named(name))
    let scores = try proxy.layerScores(ProxyInputs(found))
    if let expected = golden.coefficients[name] {
      let values = golden.layers.indices.map { scores.score(layer: $0, weightBits: 1) ?? .nan }
      if proxy.statistics.contains(.hessianTrace) {
        let errors = try #require(found.tensors[.hessianTraceError]).map { try $0.item() }
        let traces = try #require(found.tensors[.hessianTrace]).map { try $0.item() }
        for layer in values.indices {
          let error = abs(values[layer] / traces[layer]) * errors[layer]
          #expect(abs(values[layer] - expected[layer]) < 3 * error)
        }
      } else {
        expectClose(values, expected, name)
      }
    } else if let expected = golden.scores[name] {
      var (values, wanted) = ([Double](), [Double]())
      for (bits, row) in expected {
        let bits = try #require(Int(bits))
        for layer in golden.layers.indices {
          values.append(scores.score(layer: layer, weightBits: bits) ?? .nan)
          wanted.append(row[layer])
        }
      }
      if proxy.statistics.contains(.hessianTrace) {
        let errors = try #require(found.tensors[.hessianTraceError]).map { try $0.item() }
        let traces = try #require(found.tensors[.hessianTrace]).map { try $0.item() }
        for (place, value) in values.enumerated() {
          let layer = place % golden.layers.count
          #expect(abs(value - wanted[place]) < 3 * abs(value / traces[layer]) * errors[layer])
        }
      } else if name == "qe_score" {
        // Ours also has the constant ln σ of 8-bit inputs.
        let shift = values[0] - wanted[0]
        expectClose(values.map { $0 - shift }, wanted, name)
      } else {
        expectClose(values, wanted, name)
      }
    } else {
      // What is left has no value of its own in the golden file: costs, and functions of what is compared above.
      let derived = ["bit_sum", "size", "bitops", "gauss_newton_trace", "root_divergence"]
      #expect(derived.contains(name), "\(name) is compared with nothing")
      #expect(golden.layers.indices.allSatisfy { scores.score(layer: $0, weightBits: 8) != nil || $0 > 0 })
    }
  }

  @Test func costsAreThoseOfTheGraph() throws {
    let size = try #require(HandcraftedProxy.named("size")).layerScores(ProxyInputs(found))
    for (index, layer) in golden.layers.enumerated() {
      #expect(size.score(layer: index, weightBits: 3) == Double(3 * layer.parameters))
    }
  }
}
