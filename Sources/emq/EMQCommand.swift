import ArgumentParser
import Foundations
import Reports
import Torch

/// The command `emq`.
@main
struct EMQCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emq",
    abstract: "Gives each layer of a network as few bits as its accuracy allows.",
    discussion: HelpText(
      """
      EXAMPLES:
        emq demo  # the whole path on two small networks
        emq inspect model.onnx  # the quantizable layers
        emq compress model.onnx --data train.npz --test test.npz --preset cifar10 --budget 3bits -o small.onnx
        emq benchmark build model.onnx --data test.npz --calibration train.npz --preset cifar10 -o b.sqlite
        emq search b.sqlite -o run
        emq allocate model.onnx --proxy run --statistics b.sqlite.statistics.safetensors --budget 3bits
          -o bits.json
        emq quantize model.onnx --bits bits.json --calibration train.npz --preset cifar10 -o quantized.onnx
        emq dashboard .  # runs and their progress in a browser

      Evolves formulas over network statistics until they rank bit configurations as measured accuracies do, allocates
      bits under a budget, and writes a quantized ONNX model.
      """
    ).rendered(),
    version: ProgramVersion.current,
    subcommands: [
      InspectCommand.self, EvaluateCommand.self, TrainCommand.self, StatisticsCommand.self,
      BenchmarkCommand.self, PrimitivesCommand.self, ProxiesCommand.self, RankCommand.self, ScoreCommand.self,
      SpaceCommand.self, SearchCommand.self, AblateCommand.self, AllocateCommand.self, QuantizeCommand.self,
      CompressCommand.self, CompareCommand.self, FinetuneCommand.self, LatencyCommand.self,
      ReportCommand.self, DashboardCommand.self, WorkerCommand.self, StoreCommand.self, DemoCommand.self,
      WorkerTrialCommand.self,
    ])

  /// Without a subcommand: what to do next.
  func run() {
    Console.output(
      """
      \(Self.configuration.abstract)

      Begin with one of these:

        emq demo                  try it on two small networks, in minutes
        emq inspect model.onnx    list the layers of your network
        emq help compress         make it smaller: what that needs, and examples
        emq --help                list all commands
      """)
  }

  static func main() {
    Interruption.install()
    do {
      var command = try parseAsRoot()
      // Threads work on whole pieces, so that sums do not depend on how many there are.
      try onSingleThread { try ProfiledWork.run { try FollowedWork.run(&command) } }
    } catch let error as any DescribedError {
      Console.failure(error.description)
      exit(withError: error.kind.exitCode)
    } catch {
      // Help and versions are results; what is wrong with the arguments is said in one line, as everything is.
      let code = exitCode(for: error)
      guard code != .success else {
        Console.output(HelpText.breakingUsage(in: fullMessage(for: error)))
        exit()
      }
      Console.failure(message(for: error).split(separator: "\n").joined(separator: " "))
      // What no part of the program expected is its own fault.
      exit(withError: code == .validationFailure ? ExitCode(code.rawValue) : FailureKind.software.exitCode)
    }
  }
}
