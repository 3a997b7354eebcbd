import ArgumentParser
import Foundations
import HTMLReports
import Reports

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Show a search or benchmarks as pictures and tables on one HTML page.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq report run -o run.html
        emq report b.sqlite MQBench/resnet20-cifar10-gptq.csv -o benchmarks.html

      Of a search its folder is named; the benchmarks and statistics that it was run on have to be where they were. The
      page is the one that emq search --report writes. The same inputs give the same bytes.

      Results of other commands are not kept: emq compress, rank, compare and finetune take --report themselves.
      """
    ).rendered())

  @Argument(help: "The folder of a search, or benchmarks: SQLite files or exported ones.")
  var paths: [String] = []

  @Option(name: [.short, .long], help: "The HTML file to write.")
  var output: String

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard !paths.isEmpty else {
      throw ValidationError("name the folder of a search, such as run, or benchmarks, such as b.sqlite")
    }
  }

  func run() throws {
    try AtomicFile.requireWritable(output, keeping: paths)
    try StoredResultsPage(opening: paths, seed: work.seed, threads: work.threads).page.write(to: output)
    Console.output(output)
  }
}
