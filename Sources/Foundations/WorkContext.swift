/// What long work shares: threads, who hears of its progress, and whether it is asked to stop.
///
///     let context = WorkContext(threads: 4)
///     try context.stage("images") { progress in try load(progress: progress) }
///
/// Results never depend on it.
public struct WorkContext: Sendable {
  /// A stage that is shown while it runs.
  public struct Stage: Sendable {
    /// Receives the stage's progress.
    public let progress: ProgressHandler
    /// Ends the stage.
    public let finish: @Sendable () -> Void

    /// Makes a stage.
    public init(progress: @escaping ProgressHandler, finish: @escaping @Sendable () -> Void) {
      self.progress = progress
      self.finish = finish
    }
  }

  /// Threads to compute with, 1 or more.
  public let threads: Int
  /// Whether the work is asked to stop.
  public let isCancelled: CancellationCheck
  private let begin: @Sendable (_ title: String) -> Stage
  private let notify: @Sendable (_ notice: String) -> Void
  private let explain: @Sendable (_ detail: String) -> Void

  /// Makes a context; without more than threads it is silent and never asks to stop.
  ///
  /// - Parameters:
  ///   - threads: how many run at once.
  ///   - isCancelled: whether the user asked to stop.
  ///   - begin: shows a stage; called before each.
  ///   - notify: takes a line that the user should read, such as a layer that gives nothing but zeros.
  ///   - explain: takes a line for users who want to know what is being done.
  public init(
    threads: Int = 1, isCancelled: @escaping CancellationCheck = { false },
    begin: @escaping @Sendable (_ title: String) -> Stage = { _ in Stage(progress: { _ in }, finish: {}) },
    notify: @escaping @Sendable (_ notice: String) -> Void = { _ in },
    explain: @escaping @Sendable (_ detail: String) -> Void = { _ in }
  ) {
    self.threads = max(1, threads)
    self.isCancelled = isCancelled
    self.begin = begin
    self.notify = notify
    self.explain = explain
  }

  /// The same, with stages that are shown by another, too.
  public func showing(_ other: @escaping @Sendable (_ title: String) -> Stage) -> WorkContext {
    WorkContext(
      threads: threads, isCancelled: isCancelled,
      begin: { [begin] title in
        let (first, second) = (begin(title), other(title))
        return Stage(
          progress: {
            first.progress($0)
            second.progress($0)
          },
          finish: {
            first.finish()
            second.finish()
          })
      }, notify: notify, explain: explain)
  }

  /// Begins a stage whose end is not that of one closure; most work calls ``stage(_:_:)``.
  public func beginStage(_ title: String) -> Stage { begin(title) }

  /// Runs a stage and shows its progress.
  public func stage<Result>(
    _ title: String, _ body: (@escaping ProgressHandler) throws -> Result
  ) rethrows -> Result {
    let stage = begin(title)
    defer { stage.finish() }
    return try body(stage.progress)
  }

  /// Says something that the user should read, in a line.
  public func notice(_ text: String) { notify(text) }

  /// Says what is being done to users who want to know, in a line.
  public func detail(_ text: String) { explain(text) }

  /// Throws where the work is asked to stop.
  ///
  /// - Parameter resumption: where the same work resumes, such as `after generation 12`; nil where it begins anew.
  /// - Throws: ``WorkInterrupted``.
  public func checkCancellation(_ resumption: String? = nil) throws {
    if isCancelled() { throw WorkInterrupted(resumption) }
  }
}

/// Work stopped because it was asked to.
public struct WorkInterrupted: DescribedError, Equatable {
  /// Where the same work resumes; nil where it begins anew.
  public let resumption: String?

  /// Makes the error.
  public init(_ resumption: String? = nil) { self.resumption = resumption }

  /// The kind of trouble.
  public var kind: FailureKind { .interrupted }

  /// What happened, and where it resumes.
  public var description: String {
    resumption.map { "interrupted; the same again resumes \($0)" } ?? "interrupted"
  }
}
