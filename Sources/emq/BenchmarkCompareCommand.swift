import ArgumentParser
import Benchmarks
import Foundation
import PostgreSQLBenchmarks
import Reports

struct BenchmarkCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare what two benchmarks measured of the same configurations.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq benchmark compare composable.sqlite exact.sqlite

      For each measure: Spearman's ρ between the two over the configurations that both have, and the mean and the greatest
      difference, second minus first, in points for shares and in nats for the others.

      JSON:
        configurations
        measures: measure, rho, mean_difference, greatest_difference
      """
    ).rendered())

  @Argument(help: "A benchmark, an SQLite file or an exported one.")
  var first: String

  @Argument(help: "Another one of the same network.")
  var second: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.print(
      BenchmarkComparisonReport(
        (first, BenchmarkFile(opening: first)), (second, BenchmarkFile(opening: second))))
  }
}
