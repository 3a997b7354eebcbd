import Foundation

/// Where a long command is: what it writes, its stage and how far that has come.
///
/// A running command keeps it in a file, from which others see its progress; see ``ActivityRecorder``.
public struct Activity: Codable, Sendable, Equatable {
  /// A stage that has ended.
  public struct FinishedStage: Codable, Sendable, Equatable {
    /// What was done.
    public var name: String
    /// Seconds that it took, over all times that it was run.
    public var seconds: Double

    /// Makes a stage.
    public init(name: String, seconds: Double) {
      self.name = name
      self.seconds = seconds
    }
  }

  /// The stage that is being run.
  public struct CurrentStage: Codable, Sendable, Equatable {
    /// What is being done.
    public var name: String
    /// When it began.
    public var began: Date
    /// Units of work done.
    public var completed = 0
    /// Units of work in all; 0 where that is not known.
    public var total = 0
    /// A few words on the state; may be empty.
    public var note = ""
    /// Units of work that were done at its first report, and when that came: a stage that resumes begins with some.
    public var first: Report?

    /// How far it was at a time.
    public struct Report: Codable, Sendable, Equatable {
      /// Units of work done.
      public var completed: Int
      /// When.
      public var time: Date

      /// Makes a report.
      public init(completed: Int, time: Date) {
        self.completed = completed
        self.time = time
      }
    }

    /// Makes a stage that has just begun.
    public init(name: String, began: Date) {
      self.name = name
      self.began = began
    }

    /// The share done, 0 to 1; nil where it is not known.
    public var share: Double? {
      total > 0 ? min(1, max(0, Double(completed) / Double(total))) : nil
    }

    /// Seconds left at the speed since the first report, as of a time; nil where it is not known.
    public func secondsLeft(at time: Date) -> Double? {
      guard let first, total > completed, completed > first.completed else { return nil }
      let passed = time.timeIntervalSince(first.time)
      return max(0, passed * Double(total - completed) / Double(completed - first.completed))
    }
  }

  /// The command's name, such as `search`.
  public var command: String
  /// The file or folder that it writes, as it was named.
  public var output: String
  /// The number of its process.
  public var process: Int32
  /// The name of its machine.
  public var host: String
  /// When it was started.
  public var started: Date
  /// When this was written last; at least every ``heartbeat`` seconds while the command lives.
  public var written: Date
  /// The stage that is being run; nil between stages.
  public var stage: CurrentStage?
  /// Stages that have ended, in the order in which each was first run.
  public var finished: [FinishedStage] = []

  /// Seconds after which an activity is written again though nothing happened.
  public static let heartbeat = 10.0

  /// Makes the activity of this process as it begins.
  public init(command: String, output: String, started: Date) {
    self.command = command
    self.output = output
    process = getpid()
    host = ProcessInfo.processInfo.hostName
    self.started = started
    written = started
  }

  /// The file of a command that writes the file `output`.
  public static func path(besides output: String) -> String { output + fileSuffix }

  /// The file of a command that writes files into `folder`.
  public static func path(in folder: String) -> String { "\(folder)/\(fileName)" }

  /// What the names of files beside outputs end with.
  public static let fileSuffix = ".activity.json"
  /// The file's name in folders.
  public static let fileName = "activity.json"

  /// Reads a file's content.
  ///
  /// - Throws: ``FileError`` where it is no activity.
  public init(_ data: Data, source: String) throws {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .secondsSince1970
    do {
      self = try decoder.decode(Activity.self, from: data)
    } catch {
      throw FileError(.data, "\(source): is half written, or no activity of a command")
    }
  }

  /// The content of its file.
  public func data() throws -> Data {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .secondsSince1970
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }

  /// Whether its command lives, as far as that can be told: it was heard of within three heartbeats and, on this
  /// machine, its process is there.
  public func isAlive(at time: Date) -> Bool {
    guard time.timeIntervalSince(written) < 3 * Self.heartbeat else { return false }
    return host != ProcessInfo.processInfo.hostName || kill(process, 0) == 0 || errno == EPERM
  }
}
