import ArgumentParser
import Benchmarks

struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Measure the accuracies of random bit configurations.",
    subcommands: [
      BenchmarkBuildCommand.self, BenchmarkShowCommand.self, BenchmarkExportCommand.self,
      BenchmarkImportCommand.self, BenchmarkCompareCommand.self,
    ])
}
