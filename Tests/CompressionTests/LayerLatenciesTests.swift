import Allocation
import BitModel
import Compression
import Foundations
import ONNX
import ONNXRuntime
import TestSupport
import Testing

@Suite("Latencies of layers")
struct LayerLatenciesTests {
  @Test(
    "a table holds every layer at all bits, adds up to the network's times, and is read back",
    .enabled(if: ONNXRuntimeJudge() != nil, "ONNX Runtime is not installed"))
  func table() throws {
    let judge = try #require(ONNXRuntimeJudge())
    let source = try Model(contentsOf: "\(TestFiles.repository)/Models/fashion-transformer.onnx")
    let context = WorkContext(threads: 2)
    let quantization = try LayerLatencies.quantization(
      of: source, name: "transformer", options: .init(), seed: 1, context: context)
    let choices = [4, 8].map { BitChoice(weightBits: $0) }
    var options = LatencyMeasurement.Options()
    options.amount = .repetitions(5)
    let latencies = try LayerLatencies.measured(
      quantization, choices: choices, packing: .fourBit, options: options, judge: judge, context: context)
    let layers = quantization.network.layers.map(\.name)
    #expect(latencies.rows.count == 2 * layers.count)
    for (choice, milliseconds) in latencies.networks {
      let sum = latencies.rows.filter { $0.choice == choice }.reduce(0) { $0 + $1.milliseconds }
      #expect(abs(sum - milliseconds) < 1e-9 * milliseconds)
    }
    try TestFiles.withFolder { folder in
      try latencies.write(to: "\(folder)/t.csv")
      let table = try LatencyTable(contentsOf: "\(folder)/t.csv")
      for row in latencies.rows {
        #expect(abs(try table.time(layer: row.layer, row.choice) - row.milliseconds) < 1e-6)
        #expect(row.milliseconds > 0)
      }
    }
  }
}
