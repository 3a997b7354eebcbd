import Foundations
import Network
import ONNX
import ONNXRuntime
import Synchronization
import TestSupport
import Testing

@Suite("Latencies")
struct LatencyMeasurementTests {
  private func options(_ count: Int = 8) -> LatencyMeasurement.Options {
    var options = LatencyMeasurement.Options()
    options.amount = .repetitions(count)
    return options
  }

  @Test("quantiles lie between runs")
  func quantiles() {
    let measurement = LatencyMeasurement(file: "m", milliseconds: [4, 1, 3, 2], fileBytes: 0)
    #expect(measurement.median == 2.5)
    #expect(measurement.quantile(0) == 1 && measurement.quantile(1) == 4)
    #expect(abs(measurement.quantile(0.1) - 1.3) < 1e-12)
  }

  @Test("a time is spread over layers, and all of it")
  func spread() throws {
    let nodes = [(name: "before", seconds: 1.0), ("a", 3), ("unknown", 2), ("b", 2)]
    let profile = try #require(LayerProfile(16, nodes: nodes, owners: ["a": "a", "b": "b"]))
    #expect(profile.time(of: "a") == 12 && profile.time(of: "b") == 4 && profile.time(of: "c") == 0)
    #expect(LayerProfile(16, nodes: nodes, owners: [:]) == nil)
  }

  @Test(
    "files are timed side by side, and so are their layers",
    .enabled(if: ONNXRuntimeJudge() != nil, "ONNX Runtime is not installed"))
  func files() throws {
    let judge = try #require(ONNXRuntimeJudge())
    try TestFiles.withFolder { folder in
      let (rounded, batch) = ("\(folder)/rounded.onnx", "\(folder)/batch.onnx")
      try RoundedNetwork.model.write(to: rounded)
      try RoundedNetwork.plain().withBatch(of: 3).write(to: batch)
      let notices = Mutex<[String]>([])
      let context = WorkContext(notify: { text in notices.withLock { $0.append(text) } })
      let timed = try LatencyMeasurement.measured(
        [rounded, batch], options: options(), judge: judge, context: context)
      #expect(timed.map(\.file) == [rounded, batch])
      #expect(timed.map(\.batch) == [1, 3])
      #expect(timed.allSatisfy { $0.milliseconds.count == 8 && $0.median > 0 && $0.fileBytes > 0 })
      #expect(notices.withLock { $0 }.count == 1)
      let profiles = try LayerProfile.measured(
        [(rounded, "rounded")], layers: ["first", "second"], options: options(), judge: judge,
        context: WorkContext())
      let times = ["first", "second"].map(profiles[0].time)
      #expect(times.allSatisfy { $0 > 0 })
      #expect(abs(times.reduce(0, +) - profiles[0].median) < 1e-9 * profiles[0].median)
    }
  }

  @Test("work that is asked to stop, stops", .enabled(if: ONNXRuntimeJudge() != nil))
  func interruption() throws {
    let judge = try #require(ONNXRuntimeJudge())
    try TestFiles.withFolder { folder in
      try RoundedNetwork.plain().write(to: "\(folder)/m.onnx")
      var options = LatencyMeasurement.Options()
      options.amount = .seconds(600)
      #expect(throws: WorkInterrupted.self) {
        try LatencyMeasurement.measured(
          ["\(folder)/m.onnx"], options: options, judge: judge, context: WorkContext(isCancelled: { true }))
      }
    }
  }

  @Test(
    "files of other inputs are named with what is wrong",
    .enabled(if: ONNXRuntimeJudge() != nil, "ONNX Runtime is not installed"))
  func inputs() throws {
    let judge = try #require(ONNXRuntimeJudge())
    func error(_ model: Model, shape: InputShapes? = nil) throws -> FileError? {
      try TestFiles.withFolder { folder in
        try model.write(to: "\(folder)/m.onnx")
        var options = options(2)
        options.inputShapes = shape
        do {
          _ = try LatencyMeasurement.measured(
            ["\(folder)/m.onnx"], options: options, judge: judge, context: WorkContext())
          return nil
        } catch let error as FileError { return error }
      }
    }
    #expect(try error(RoundedNetwork.plain(inputs: 2)) == nil)
    #expect(try error(RoundedNetwork.plain(dataType: .int64)) == nil)
    let open = RoundedNetwork.plain(shape: [.named("n"), .fixed(4), .named("h"), .unknown])
    let unknown = try error(open)
    #expect(unknown?.kind == .usage && unknown?.description.contains("--input-shape") == true)
    #expect(try error(open, shape: [4, 6, 6]) == nil)
    #expect(try error(open, shape: [3, 6, 6])?.kind == .usage)
    #expect(try error(open, shape: [4, 6])?.kind == .usage)
  }
}
