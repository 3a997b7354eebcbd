import Evolution
import Foundation
import Foundations
import Proxies

/// Makes the files of runs that never were.
enum RunFiles {
  static func write(_ text: String, to path: String) throws {
    try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
    try AtomicFile.write(Data(text.utf8), to: path)
  }

  /// The history of a search after some generations.
  static func history(_ generations: Int) -> String {
    var text = CSV.line(HistoryRow.columns)
    for generation in 1..<generations + 1 {
      text += CSV.line([
        "\(generation)", "\(Double(generation) / 1000)", "0.25", "\(10 * generation)", "\(4 * generation)",
        "0.5",
      ])
    }
    return text
  }

  /// A search that is over, or still has no results.
  static func search(_ folder: String, generations: Int, isDone: Bool) throws {
    let description = RunFolder.Description(
      version: "1", options: EvolutionOptions(generations: 9), space: SearchSpace(),
      benchmarks: [.init(path: "b.sqlite", statistics: "s", network: "n", digest: "d", truth: "top1")])
    try AtomicFile.makeFolder(folder)
    try AtomicFile.write(try JSONEncoder().encode(description), to: "\(folder)/run.json")
    try write("{}", to: "\(folder)/checkpoint.json")
    try write(history(generations), to: "\(folder)/history.csv")
    try write("stage,turned_away,share\nknown_form,30,0.3\n", to: "\(folder)/screening.csv")
    guard isDone else { return }
    try write(
      "complexity,fitness,search,validation,test,formula\n3,0.75,0.7,0.6,,\"mul(abs(weight), gradient)\"\n",
      to: "\(folder)/hall_of_fame.csv")
    try write("{}", to: "\(folder)/\(ProxyFile.name)")
  }

  /// What a command tells of itself.
  static func activity(
    _ command: String, output: String, to path: String, process: Int32 = getpid(), note: String = ""
  ) throws {
    var activity = Activity(command: command, output: output, started: Date() - 60)
    activity.process = process
    activity.written = Date()
    var stage = Activity.CurrentStage(name: "rounding", began: Date() - 20)
    stage.completed = 10
    stage.total = 40
    stage.note = note
    stage.first = .init(completed: 0, time: Date() - 20)
    activity.stage = stage
    activity.finished = [.init(name: "statistics", seconds: 12.5)]
    try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
    try AtomicFile.write(activity.data(), to: path)
  }

  /// Makes a file look as if it was written a minute ago.
  static func age(_ path: String) throws {
    try FileManager.default.setAttributes([.modificationDate: Date() - 60], ofItemAtPath: path)
  }

  /// No process has such a number, which is beyond Linux's limit.
  static let noProcess: Int32 = 1 << 30
}
