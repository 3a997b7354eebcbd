import Datasets
import Foundation
import Foundations
import Network
import RankStatistics
import Torch

/// A number that says how well outputs of a data set's examples serve their task; more is better.
///
///     let metric = TaskMetric("python3 spearman.py")
///     let value = try metric.value(of: outputs, network: network, dataset: dataset, context: context)
public struct TaskMetric: Sendable, Equatable {
  /// The name of a metric of this program, or a command.
  public let text: String
  /// Seconds that a command may take.
  public let timeLimit: Double

  /// Names a metric.
  ///
  /// - Parameters:
  ///   - text: `spearman` for the rank correlation of the cosine of both outputs of a pair with the array `scores`, which
  ///     has a number for each pair; else a command, which is run by the shell with the path of an `.npz` file at its end:
  ///     outputs by their names, and the arrays of the data that are no inputs. Its last line has to be a number.
  ///   - timeLimit: seconds that a command may take.
  public init(_ text: String, timeLimit: Double = 600) {
    self.text = text
    self.timeLimit = timeLimit
  }

  /// The name of the metric of pairs.
  public static let spearman = "spearman"

  /// Measures outputs.
  ///
  /// - Parameters:
  ///   - outputs: [N, numbers], batch by batch, in the order of the data set; they are measured in that of the file.
  ///   - network: whose outputs they are.
  ///   - dataset: the examples, in whose file they are written.
  ///   - context: threads, cancellation and progress.
  /// - Throws: ``MetricError`` where the command fails, takes too long or gives no number.
  public func value(of outputs: [Tensor], network: Network, dataset: Dataset, context: WorkContext) throws
    -> Double
  {
    // Batches may have examples of one length together.
    let order = dataset.originalOrder
    let named = try network.outputArrays(outputs).map { (name: $0.name, array: $0.array.rows(order)) }
    let ordered = dataset.reordered(order)
    var others = try ordered.furtherArrays(than: Set(network.inputs.map(\.name)))
    if let labels = ordered.labels, !others.contains(where: { $0.name == "labels" }) {
      others.append(("labels", NumPyArray(labels.map { Int64($0) }, shape: [labels.count])))
    }
    guard text == Self.spearman else { return try run(named + others.map { ($0.name, $0.array) }, context) }
    let known = others.first { $0.name == "scores" }?.array
    guard let scores = known?.floats ?? known?.integers?.map({ Float($0) }),
      let output = named.first?.array.floats,
      scores.count * 2 == dataset.count
    else {
      throw MetricError(
        "\(dataset.path): the metric \(text) needs an array scores with a number for each pair of its \(dataset.count)"
          + " examples")
    }
    let size = output.count / max(1, dataset.count)
    let cosines = scores.indices.map { pair -> Double in
      let (first, second) = (2 * pair * size, (2 * pair + 1) * size)
      var (product, left, right) = (0.0, 0.0, 0.0)
      for index in 0..<size {
        let (x, y) = (Double(output[first + index]), Double(output[second + index]))
        (product, left, right) = (product + x * y, left + x * x, right + y * y)
      }
      return product / max((left * right).squareRoot(), .leastNormalMagnitude)
    }
    return RankCorrelation.spearman(cosines, scores.map(Double.init)) ?? 0
  }

  private func run(_ arrays: [(name: String, array: NumPyArray)], _ context: WorkContext) throws -> Double {
    try TemporaryFolder.with { folder in
      let (file, said, errors) = ("\(folder)/outputs.npz", "\(folder)/output", "\(folder)/errors")
      try NumPyArchive.write(arrays, to: file)
      for path in [said, errors] { try AtomicFile.write(Data(), to: path) }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "\(text) \"$1\"", "metric", file]
      process.standardOutput = FileHandle(forWritingAtPath: said)
      process.standardError = FileHandle(forWritingAtPath: errors)
      process.standardInput = FileHandle.nullDevice
      do {
        try process.run()
      } catch {
        throw MetricError("the metric '\(text)' cannot be run: \(error.localizedDescription)")
      }
      let end = Date().addingTimeInterval(timeLimit)
      while process.isRunning {
        Thread.sleep(forTimeInterval: 0.01)
        let isLate = Date() > end
        guard isLate || context.isCancelled() else { continue }
        // The shell leads a group of its own. What it started ends with it; it is not waited for, as it may have left the group.
        kill(-process.processIdentifier, SIGKILL)
        try context.checkCancellation()
        throw MetricError(
          "the metric '\(text)' took more than \(Int(timeLimit)) s; --metric-seconds allows more")
      }
      let lines = try String(decoding: AtomicFile.read(said), as: UTF8.self).split(
        whereSeparator: \.isNewline)
      guard process.terminationReason == .exit, process.terminationStatus == 0 else {
        let reason =
          try String(decoding: AtomicFile.read(errors), as: UTF8.self)
          .split(whereSeparator: \.isNewline).last.map(String.init) ?? "nothing was said"
        let ending = process.terminationReason == .exit ? "failed with status" : "was ended by signal"
        throw MetricError("the metric '\(text)' \(ending) \(process.terminationStatus): \(reason)")
      }
      guard let last = lines.last, let value = Double(last.trimmingCharacters(in: .whitespaces)),
        value.isFinite
      else {
        throw MetricError(
          "the metric '\(text)' gave no number: its last line is '\(lines.last.map(String.init) ?? "")'")
      }
      return value
    }
  }
}

/// A metric that gave no number.
public struct MetricError: DescribedError {
  /// The kind of trouble.
  public var kind: FailureKind { .data }
  /// Which metric, and why.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension Network {
  /// The predicted class of each example, [N], or of each of its positions, [N, …]; rows of examples with fewer positions end
  /// in `Inputs.ignoredLabel`.
  public func predictionArray(_ evaluation: Evaluation) -> NumPyArray {
    let sizes = evaluation.logits.map { (examples: $0.shape[0], positions: $0.shape[1] / max(1, classCount)) }
    let width = sizes.map(\.positions).max() ?? 1
    var values: [Int64] = []
    var first = 0
    for (examples, positions) in sizes {
      for _ in 0..<examples {
        values += evaluation.predictions[first..<first + positions].map { Int64($0) }
        values += [Int64](repeating: Int64(Inputs.ignoredLabel), count: width - positions)
        first += positions
      }
    }
    let isAlike = sizes.allSatisfy { $0.positions == width }
    let shape = isAlike ? positionShape : [width]
    return NumPyArray(values, shape: [sizes.reduce(0) { $0 + $1.examples }] + (hasPositions ? shape : []))
  }

  /// Outputs by name, [N, …] each, of those that ``Network/logits(_:taps:)-(Inputs,_)`` gives batch by batch; all together where
  /// examples differ in shape.
  public func outputArrays(_ outputs: [Tensor]) throws -> [(name: String, array: NumPyArray)] {
    let counts = self.outputs.map(\.count)
    let kept = try outputs.map {
      try outputKind.output(of: $0, classCount: classCount).converted(to: .float32)
    }
    guard kept.allSatisfy({ $0.shape[1] == counts.reduce(0, +) }) else {
      // Shorter examples end in zeros.
      let width = kept.map { $0.shape[1] }.max() ?? 0
      let padded = try kept.map { try $0.padded(before: [0, 0], after: [0, width - $0.shape[1]], value: 0) }
      let all = try Tensor.concatenated(padded, dimension: 0)
      return [(self.outputs[0].name, NumPyArray(try all.floats(), shape: all.shape))]
    }
    let all = try Tensor.concatenated(kept, dimension: 0)
    if objective == .classes {
      let ordered = try inFileOrder(all)
      return [(self.outputs[0].name, NumPyArray(try ordered.floats(), shape: ordered.shape))]
    }
    var start = 0
    return try self.outputs.map { output in
      defer { start += output.count }
      let part = try all.sliced(dimension: 1, from: start, to: start + output.count)
      return (output.name, NumPyArray(try part.floats(), shape: [all.shape[0]] + output.shape))
    }
  }
}
