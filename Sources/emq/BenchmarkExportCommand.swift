import ArgumentParser
import Benchmarks
import Foundation
import Foundations
import PostgreSQLBenchmarks
import Reports

extension BenchmarkFile.Format: ExpressibleByArgument {}

struct BenchmarkExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a benchmark as CSV or JSON.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq benchmark export b.sqlite -o b.csv

      The same benchmark gives the same bytes, however often its building was interrupted: seconds, which differ, are left out
      unless --seconds asks for them. CSV begins with a comment line that holds what rows have in common;
      pandas.read_csv(path, comment="#") skips it.

      JSON:
        output, configurations
      """
    ).rendered())

  @Argument(help: "The benchmark, an SQLite file or one in a store, postgres://host/database#name.")
  var benchmark: String

  @Option(name: [.short, .long], help: "The file to write, ending in .csv or .json.")
  var output: String

  @Flag(help: "Include the seconds that each measurement took.")
  var seconds = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    guard let format = BenchmarkFile.Format.allCases.first(where: { output.hasSuffix(".\($0.rawValue)") })
    else {
      throw ValidationError("--output \(output): a name ending in .csv or .json is needed")
    }
    let file = try BenchmarkFile(opening: benchmark)
    try AtomicFile.write(file.data(format, includingSeconds: seconds), to: output)
    try common.print(BenchmarkCopyReport(output: output, configurations: file.rows.count))
  }
}

struct BenchmarkImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make a benchmark of an exported file.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq benchmark import MQBench/resnet20-cifar10-gptq.csv -o b.sqlite

      Rows are added to the output where it holds the same benchmark.

      JSON:
        output, configurations
      """
    ).rendered())

  @Argument(help: "The CSV or JSON file.")
  var file: String

  @Option(
    name: [.short, .long],
    help: "The SQLite file to write or add to, or a store, postgres://host/database#name.")
  var output: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    let content = try BenchmarkFile(contentsOf: file)
    try BenchmarkPlace(output).add(content)
    try common.print(BenchmarkCopyReport(output: output, configurations: content.rows.count))
  }
}
