import Foundation
import Foundations
import Network

/// How long ONNX Runtime takes for one input of a file.
///
///     let timed = try LatencyMeasurement.measured(["float.onnx", "quantized.onnx"], judge: judge, context: context)
///     print(timed[1].median / timed[0].median)
///
/// Files are run in turn, one run each, in one process, so that whatever else the machine does slows them alike. Their
/// input is random: standard normal numbers, of batch 1 where the file leaves the batch open.
public struct LatencyMeasurement: Sendable, Equatable {
  /// The path of the file.
  public let file: String
  /// The time of each run, in milliseconds, from the shortest to the longest.
  public let milliseconds: [Double]
  /// Images that each run takes: 1, or what the file fixes.
  public let batch: Int
  /// The size of the file, in bytes, without external data.
  public let fileBytes: Int

  /// Makes a measurement of the times of runs, in milliseconds.
  public init(file: String, milliseconds: [Double], batch: Int = 1, fileBytes: Int) {
    self.file = file
    self.milliseconds = milliseconds.sorted()
    self.batch = batch
    self.fileBytes = fileBytes
  }

  /// The time that a share of the runs does not exceed, in milliseconds; between two runs, by linear interpolation.
  ///
  /// - Parameter share: from 0 to 1; 0.5 for the median.
  public func quantile(_ share: Double) -> Double {
    guard let last = milliseconds.last else { return .nan }
    let position = min(max(share, 0), 1) * Double(milliseconds.count - 1)
    let index = Int(position)
    guard index + 1 < milliseconds.count else { return last }
    return milliseconds[index] + (position - Double(index)) * (milliseconds[index + 1] - milliseconds[index])
  }

  /// The median, in milliseconds.
  public var median: Double { quantile(0.5) }

  /// How files are run.
  public struct Options: Sendable, Equatable {
    /// How long files are run.
    public enum Amount: Sendable, Equatable {
      /// So many runs of each file.
      case repetitions(Int)
      /// So many seconds for all files together, and 5 to 100,000 runs of each.
      case seconds(Double)
    }

    /// How long.
    public var amount: Amount = .seconds(10)
    /// Threads of each operator, 1 or more.
    public var threads = 1
    /// Shapes of inputs without the batch, for files that leave them open.
    public var inputShapes: InputShapes?
    /// The seed of the input.
    public var seed: UInt64 = 1

    /// Makes the default options: 10 seconds on one thread.
    public init() {}
  }

  /// Times files side by side.
  ///
  /// Five rounds go before those that count.
  ///
  /// - Parameters:
  ///   - files: paths of ONNX files, from any program.
  ///   - options: how files are run.
  ///   - judge: what runs the files.
  ///   - context: threads, cancellation and progress.
  /// - Throws: `FileError` naming the file that is missing, that ONNX Runtime refuses, or whose input is another;
  ///   `WorkInterrupted` where the work is asked to stop.
  public static func measured(
    _ files: [String], options: Options = Options(), judge: ONNXRuntimeJudge, context: WorkContext
  ) throws -> [LatencyMeasurement] {
    let sizes = try files.map { try AtomicFile.read($0).count }
    let run = LatencyRun(options: options, judge: judge)
    let results = try run.results(of: files.map { .init(path: $0, name: $0) }, context: context)
    return zip(zip(files, sizes), results).map { known, result in
      if result.batch > 1 {
        context.notice("\(known.0): fixes a batch of \(result.batch); times are those of it")
      }
      return LatencyMeasurement(
        file: known.0, milliseconds: result.seconds.map { 1000 * $0 }, batch: result.batch, fileBytes: known.1
      )
    }
  }
}
