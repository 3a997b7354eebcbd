import ArgumentParser
import Benchmarks
import Foundation
import HTMLReports
import PostgreSQLBenchmarks
import Reports

extension Measure: ExpressibleByArgument {}

struct BenchmarkShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a benchmark's accuracies and its noise ceilings.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq benchmark show b.sqlite
        emq benchmark show MQBench/resnet20-cifar10-gptq.csv --truth kl --report b.html

      A file from emq benchmark export does as well. The noise ceiling is the highest rank correlation that any proxy could be
      expected to reach with what was measured on this number of images.

      JSON:
        configurations, images, float_top1
        top1: least, median, greatest (shares)
        noise_ceilings: of top1, loss, kl and agreement: rho_100, rho_50, rho_20
        uniform and rows: configuration, average_bits, top1, loss, kl, agreement
      """
    ).rendered())

  @Argument(help: "The benchmark.")
  var benchmark: String

  @Option(help: "What is shown: top1, loss, kl or agreement.")
  var truth: Measure = .top1

  @OptionGroup var reportOptions: ReportOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportOptions.requireWritable(keeping: [benchmark])
    let report = try BenchmarkReport(
      BenchmarkFile(opening: benchmark), path: benchmark, showing: truth, seed: common.seed)
    try reportOptions.write { BenchmarkPage([(benchmark, report)]).page }
    try common.print(report)
  }
}
