import ArgumentParser
import Workloads

/// The task's own measure.
struct MetricOptions: ParsableArguments {
  @Option(
    help: """
      The task's own measure, more is better: spearman (of cosines of pairs with the array scores), or a command such as \
      'python3 metric.py', which gets a .npz file of outputs and labels and prints a number last.
      """)
  var metric: String?

  @Option(help: "Seconds that a --metric command may take.")
  var metricSeconds = 600.0

  func validate() throws {
    if let metric, metric.allSatisfy(\.isWhitespace) {
      throw ValidationError("--metric is empty; spearman or a command is needed")
    }
    guard metricSeconds > 0, metricSeconds <= 86_400 else {
      throw ValidationError(
        "--metric-seconds is \(metricSeconds); a number above 0 and up to 86400 is needed")
    }
  }

  var measure: TaskMetric? { metric.map { TaskMetric($0, timeLimit: metricSeconds) } }
}
