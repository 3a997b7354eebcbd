import ArgumentParser
import Benchmarks
import Reports

struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Measure the accuracies of random bit configurations.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq benchmark build model.onnx --data test.npz --calibration train.npz --preset cifar10 -o b.sqlite
        emq benchmark show b.sqlite
      """
    ).rendered(),
    subcommands: [
      BenchmarkBuildCommand.self, BenchmarkShowCommand.self, BenchmarkExportCommand.self,
      BenchmarkImportCommand.self, BenchmarkCompareCommand.self,
    ])
}
