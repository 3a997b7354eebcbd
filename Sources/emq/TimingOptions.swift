import ArgumentParser
import Foundation
import Foundations
import Network
import ONNXRuntime

/// How files are timed.
struct TimingOptions: ParsableArguments {
  @Option(
    help:
      "The input's shape, such as 3x224x224, or of several inputs ids=64,mask=64, for files that leave it open."
  )
  var inputShape: String?

  @Option(help: "Runs of each file that count; where not given, as many as --seconds allow.")
  var repetitions: Int?

  @Option(help: "Seconds for all files together, with 5 to 100,000 runs of each; 10 where not given.")
  var seconds: Double?

  @Option(help: "Threads of ONNX Runtime.")
  var threads = LatencyMeasurement.Options().threads

  @Option(help: "The seed of the input.")
  var seed: UInt64 = 1

  @Option(help: "How to print results: table or json.")
  var format: OutputFormat = .table

  @OptionGroup var messages: MessageOptions

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); 1 or more is needed") }
    guard repetitions == nil || seconds == nil else {
      throw ValidationError("--repetitions and --seconds exclude each other")
    }
    if let repetitions, repetitions < 1 {
      throw ValidationError("--repetitions is \(repetitions); 1 or more is needed")
    }
    if let seconds, !(seconds > 0 && seconds <= 86_400) {
      throw ValidationError("--seconds is \(seconds); a number above 0 and up to 86400 is needed")
    }
  }

  func shapes() throws -> InputShapes? { try inputShape.map(inputShapes) }

  func options() throws -> LatencyMeasurement.Options {
    var options = LatencyMeasurement.Options()
    if let seconds { options.amount = .seconds(seconds) }
    if let repetitions { options.amount = .repetitions(repetitions) }
    options.threads = threads
    options.inputShapes = try shapes()
    options.seed = seed
    return options
  }

  var context: WorkContext { messages.context(threads: threads) }

  /// For work before the timing, which takes all processors.
  var preparation: WorkContext {
    messages.context(threads: ProcessInfo.processInfo.activeProcessorCount)
  }
}
