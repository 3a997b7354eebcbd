import ArgumentParser

struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Measure the accuracies of random bit configurations.",
    subcommands: [
      BenchmarkBuildCommand.self, BenchmarkShowCommand.self, BenchmarkExportCommand.self,
      BenchmarkImportCommand.self, BenchmarkCompareCommand.self,
    ])

  /// Where the statistics that belong to a benchmark lie.
  static func statisticsPath(of benchmark: String) -> String { benchmark + ".statistics.safetensors" }
}
