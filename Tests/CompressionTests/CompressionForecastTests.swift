import Allocation
import Compression
import Datasets
import Foundation
import Foundations
import Proxies
import Quantization
import TestSupport
import Testing
import Workloads

@Suite(
  "Forecast of a compression",
  .enabled(if: FileManager.default.fileExists(atPath: TestFiles.fashion), "Fashion-MNIST is not installed"))
struct CompressionForecastTests {
  /// A compression that stops with what its forecast throws.
  private func compression(
    rounding: Rounding = .gptq, calibrationImages: Int = 64,
    whenLoaded: @escaping @Sendable (CompressionProspect) throws -> Void
  ) throws -> Compression {
    let workload = try Workload(
      model: "\(TestFiles.repository)/Models/fashion-resnet.onnx", preprocessing: .preset("fashion-mnist"))
    var options = QuantizationOptions()
    options.rounding = rounding
    var request = try CompressionRequest(
      data: Dataset.open("\(TestFiles.fashion)#train#0:400"),
      space: AllocationSpace(of: workload.network.costs),
      budgets: [Budget(parsing: "3bits")], quantization: options, calibrationImages: calibrationImages)
    request.whenLoaded = whenLoaded
    return try Compression(workload, request, context: WorkContext(threads: 2))
  }

  private struct Stop: Error { let forecast: CompressionForecast }

  private func forecast(
    rounding: Rounding = .gptq, calibrationImages: Int = 64, refinements: Int? = nil
  ) throws -> CompressionForecast {
    let stop = #expect(throws: Stop.self) {
      try compression(rounding: rounding, calibrationImages: calibrationImages) {
        throw Stop(forecast: try $0.forecast(for: DefaultProxy(), refinements: refinements))
      }
    }
    return try #require(stop).forecast
  }

  @Test("names the stages that there will be, before anything is computed")
  func stages() throws {
    let whole = try forecast()
    #expect(
      whole.stages.map(\.name) == [
        "calibration", "rounding", "statistics", "corrections", "refinement", "proof",
      ])
    #expect(whole.stages.allSatisfy { $0.seconds > 0 } && whole.threads == 2)
    let short = try forecast(refinements: 0)
    #expect(!short.stages.map(\.name).contains("refinement"))
  }

  @Test("more images and second-order rounding take more memory, and what does not fit is refused")
  func memory() throws {
    let few = try forecast(rounding: .nearest, calibrationImages: 64)
    let many = try forecast(rounding: .nearest, calibrationImages: 320)
    #expect(many.bytes > few.bytes)
    // 256 images of 28 x 28 in single precision.
    #expect(abs(many.bytes - few.bytes - 256 * 28 * 28 * 4) < 1)
    try few.requireMemory(nil)
    try few.requireMemory(Int(few.bytes) + 1)
    let shortage = #expect(throws: MemoryShortage.self) { try few.requireMemory(100 << 20) }
    #expect(shortage?.kind == .usage)
    #expect(shortage?.description.contains("of which 0.1 GiB may be taken") == true)
  }
}
