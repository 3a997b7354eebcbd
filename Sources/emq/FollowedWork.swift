import ArgumentParser
import Foundations

/// A command that tells in a file where it is, while it works; `emq dashboard` shows it.
protocol FollowedCommand: ParsableCommand {
  /// What it is called.
  static var followedName: String { get }
  /// What it writes; nil where that is not known.
  var followedOutput: FollowedOutput? { get }
}

extension FollowedCommand {
  static var followedName: String { configuration.commandName ?? "" }
}

/// What a command writes.
enum FollowedOutput {
  case file(String)
  case folder(String)

  fileprivate func recorder(of command: String) -> ActivityRecorder {
    switch self {
    case .file(let path):
      ActivityRecorder(command: command, output: path, path: Activity.path(besides: path))
    case .folder(let path):
      ActivityRecorder(command: command, output: path, path: Activity.path(in: path))
    }
  }
}

/// Runs commands with a recorder of where they are.
enum FollowedWork {
  @TaskLocal private static var recorder: ActivityRecorder?

  /// Runs a command; the file that tells where it is stays only where it is interrupted and can resume.
  static func run(_ command: inout any ParsableCommand) throws {
    guard let followed = command as? any FollowedCommand,
      let recorder = followed.followedOutput?.recorder(of: type(of: followed).followedName)
    else { return try command.run() }
    recorder.start()
    do {
      try $recorder.withValue(recorder) { try command.run() }
      recorder.end(isKept: false)
    } catch {
      recorder.end(isKept: (error as? any DescribedError)?.kind == .interrupted)
      throw error
    }
  }

  /// The same context, with stages that are recorded where the command is followed.
  static func following(_ context: WorkContext) -> WorkContext {
    recorder.map { context.showing($0.stage) } ?? context
  }
}
