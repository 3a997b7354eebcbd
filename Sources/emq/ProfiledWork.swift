import Foundations
import Reports

/// Runs commands with a profile of their stages, which `--profile` prints.
enum ProfiledWork {
  @TaskLocal private static var profile: StageProfile?

  /// Runs a command, then says where its time went if that was asked for, however it ended.
  static func run(_ command: () throws -> Void) throws {
    let profile = StageProfile()
    defer {
      let rows = profile.rows
      if rows.count > 1 { Console.error(ProfileReport(rows).text(width: Console.errorWidth)) }
    }
    try $profile.withValue(profile) { try command() }
  }

  /// The same context, with stages that are charged with what they take.
  static func profiling(_ context: WorkContext) -> WorkContext {
    profile.map { context.showing($0.stage) } ?? context
  }
}
