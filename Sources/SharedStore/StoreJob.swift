/// Work that many machines share: a kind, what it is, and the tasks that it is done by.
public struct StoreJob: Sendable, Equatable {
  /// What a worker does for a task.
  public enum Kind: String, Sendable, CaseIterable {
    /// Measures a configuration of a benchmark; tasks are called by the configurations' texts.
    case benchmark
    /// Evolves an island for some generations.
    case evolution
    /// Sleeps, to try how well work is shared; tasks are called by numbers.
    case trial
  }

  /// Its number in the store; nil where it is not in one yet.
  public var number: Int?
  /// What a worker does for a task.
  public var kind: Kind
  /// What people call it; there is one of each name of a kind.
  public var name: String
  /// What a worker needs to know, usually as JSON.
  public var specification: String
  /// The version of the program that put it in; others leave it alone.
  public var version: String

  /// Makes a job.
  public init(
    number: Int? = nil, kind: Kind, name: String, specification: String, version: String
  ) {
    self.number = number
    self.kind = kind
    self.name = name
    self.specification = specification
    self.version = version
  }
}

/// A piece of a job, which one worker does.
public struct StoreTask: Sendable, Equatable {
  /// What it is called in its job.
  public var name: String
  /// What a worker needs to know beside the name.
  public var detail: String

  /// Makes a task.
  public init(_ name: String, detail: String = "") {
    self.name = name
    self.detail = detail
  }
}

/// A task that a worker has taken, until its lease ends.
public struct StoreClaim: Sendable, Equatable {
  /// The number of the job.
  public let job: Int
  /// The task.
  public let task: StoreTask
  /// Where the task stands in the order of the job.
  public let position: Int
  /// What the lease is known by.
  public let lease: String
}

/// What a worker got that asked for a task.
public enum StoreClaimAnswer: Sendable, Equatable {
  /// This task.
  case claimed(StoreClaim)
  /// None, as others work on all that is left; they may fail.
  case wait
  /// None, as all is finished.
  case nothing
}
