import Network
import ONNX
import Statistics
import Support
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

@Suite("Statistics")
struct StatisticsTests {
  private let golden: StatisticsGolden
  private let network: Network
  private let images: Tensor

  init() throws {
    golden = try TestFiles.goldenJSON("statistics.json", as: StatisticsGolden.self)
    network = try Network(Model(contentsOf: TestFiles.golden("small-network.onnx")))
    images = try Tensor(golden.images.map { Float($0) }, shape: golden.imageShape)
  }

  private func collect(_ options: StatisticsOptions) throws -> NetworkStatistics {
    try StatisticsCollector(network: network, images: images, labels: golden.labels).collect(options)
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

  @Test("the Hessian's diagonal and trace are within 2 % with 512 probes")
  func hessian() throws {
    let found = try collect(StatisticsOptions(statistics: [.hessian], probes: 512))
    var compared = 0
    for (index, layer) in golden.layers.enumerated() {
      guard let expected = layer.hessian, let trace = layer.trace else { continue }
      compared += 1
      let values = try #require(found.tensor(.hessian, layer: index)).doubles()
      let error = zip(values, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let size = expected.reduce(0) { $0 + $1 * $1 }
      #expect((error / size).squareRoot() < 0.02)
      #expect(abs(values.reduce(0, +) - trace) < 0.02 * abs(trace))
    }
    #expect(compared == 2)
  }

  @Test("are the same bytes for any number of threads, and leave the network as it was")
  func determinism() throws {
    let before = try network.weights.map { try $0.bytes() }
    let one = try collect(StatisticsOptions(probes: 5, threads: 1))
    let three = try collect(StatisticsOptions(probes: 5, threads: 3))
    for statistic in Statistic.allCases {
      let left = try #require(one.tensors[statistic]).map { try $0.bytes() }
      #expect(try #require(three.tensors[statistic]).map { try $0.bytes() } == left)
    }
    #expect(try network.weights.map { try $0.bytes() } == before)
  }

  @Test("files read back, and other files are refused")
  func files() throws {
    try TestFiles.withFolder { folder in
      let found = try collect(StatisticsOptions(statistics: [.weight, .gradient]))
      try found.write(to: "\(folder)/s.safetensors")
      let read = try NetworkStatistics(contentsOf: "\(folder)/s.safetensors")
      #expect(read.costs == found.costs)
      #expect(try read.tensor(.gradient, layer: 2)?.bytes() == found.tensor(.gradient, layer: 2)?.bytes())
      #expect(read.tensors[.hessian] == nil)
      try SafetensorsFile(tensors: []).write(to: "\(folder)/other.safetensors")
      #expect(throws: FileError.self) { _ = try NetworkStatistics(contentsOf: "\(folder)/other.safetensors") }
    }
  }
}
