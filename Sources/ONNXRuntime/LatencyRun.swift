import Foundation
import Foundations

/// One process that times files in turn.
struct LatencyRun {
  let options: LatencyMeasurement.Options
  let judge: ONNXRuntimeJudge

  /// A file to time.
  struct File: Encodable {
    let path: String
    /// What messages call it.
    let name: String
    /// Where its optimized graph is written, and what names of its profiles begin with; nil where nodes are not timed.
    var optimized: String?
    var profile: String?
  }

  /// What came out for a file.
  struct Result: Decodable {
    /// Seconds of each run, without the profile.
    let seconds: [Double]
    let batch: Int
    let nodes: [NodeTime]
  }

  /// The mean time of a node, without the shortest and the longest quarter of its runs.
  struct NodeTime: Decodable {
    let name: String
    let seconds: Double

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      name = try container.decode(String.self)
      seconds = try container.decode(Double.self)
    }
  }

  private struct Order: Encodable {
    let files: [File]
    let threads: Int
    let shapes: [String: [Int]]?
    let seed: UInt64
    let seconds: Double?
    let repetitions: Int?
  }

  private struct Line: Decodable {
    let done: Int?
    let total: Int?
    let files: [Result]?
  }

  /// Times files, shown as a stage.
  func results(of files: [File], context: WorkContext) throws -> [Result] {
    var order: Order {
      switch options.amount {
      case .repetitions(let count):
        Order(
          files: files, threads: options.threads, shapes: options.inputShapes?.byName, seed: options.seed,
          seconds: nil,
          repetitions: count)
      case .seconds(let seconds):
        Order(
          files: files, threads: options.threads, shapes: options.inputShapes?.byName, seed: options.seed,
          seconds: seconds, repetitions: nil)
      }
    }
    let text = String(decoding: try JSONEncoder().encode(order), as: UTF8.self)
    var results: [Result]?
    try context.stage("timing in ONNX Runtime") { progress in
      try PythonScript(python: judge.python, text: PythonScript.latency).run([text], context: context) {
        text in
        let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8))
        if let done = line?.done, let total = line?.total {
          progress(WorkProgress(completed: done, total: total))
        }
        results = line?.files ?? results
      }
    }
    guard let results, results.count == files.count else {
      throw FileError(.software, "\(judge.python): ONNX Runtime gave no times")
    }
    return results
  }
}
