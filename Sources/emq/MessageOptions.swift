import ArgumentParser
import Foundations

/// What is said on standard error beside errors.
struct MessageOptions: ParsableArguments {
  @Flag(name: [.short, .long], help: "Say on standard error what is being done.")
  var verbose = false

  @Flag(name: [.short, .long], help: "Say nothing on standard error but errors: no progress, no notices.")
  var quiet = false

  @Flag(
    help:
      "Say on standard error, at the end, where the time went: seconds, processor seconds and memory by stage."
  )
  var profile = false

  func validate() throws {
    guard !(verbose && quiet) else { throw ValidationError("--verbose and --quiet exclude each other") }
  }

  /// The context of work on so many threads.
  func context(threads: Int) -> WorkContext {
    let context =
      quiet ? Console.quietContext(threads: threads) : Console.context(threads: threads, isVerbose: verbose)
    return profile ? ProfiledWork.profiling(context) : context
  }
}
