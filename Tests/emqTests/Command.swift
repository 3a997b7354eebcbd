import Foundation
import TestSupport

/// Runs the built program.
enum Command {
  struct Result {
    let status: Int32
    let output: String
    /// What came on standard error, without lines of progress, which a slow machine has and a fast one has not.
    let errors: String
    /// Lines of progress.
    let progress: [String]

    init(status: Int32, output: String, errors: String) {
      self.status = status
      self.output = output
      let lines = errors.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let isProgress = { (line: String) in
        line.hasPrefix("emq: ")
          && line.firstMatch(
            of: /: (\d+ of \d+(,|$)|done in \d|ended after \d)|: about .*if nothing else runs:/) != nil
      }
      self.errors = lines.filter { !isProgress($0) }.joined(separator: "\n")
      progress = lines.filter(isProgress)
    }

    /// The output as a JSON object.
    func json() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }
  }

  /// The program, which lies beside the tests.
  private static var program: URL {
    let test = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    let folder =
      test?.deletingLastPathComponent()
      ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return folder.appendingPathComponent("emq")
  }

  /// The program with arguments, not yet running.
  static func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL =
      FileManager.default.isExecutableFile(atPath: program.path)
      ? program : URL(fileURLWithPath: "\(TestFiles.repository)/.build/release/emq")
    process.arguments = arguments
    return process
  }

  /// Runs the program and kills it some seconds after it has written `path` (again); however slow the machine is,
  /// each run leaves something behind.
  static func runKilled(_ arguments: [String], afterWriting path: String, seconds: Double) throws {
    func written() -> Date? {
      (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
    let before = written()
    let process = process(arguments)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning, written() == before { Thread.sleep(forTimeInterval: 0.02) }
    Thread.sleep(forTimeInterval: seconds)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  static func run(_ arguments: String..., folder: String? = nil) throws -> Result {
    try run(arguments, folder: folder)
  }

  /// Runs the program.
  ///
  /// - Parameter environment: variables beside those of the tests.
  static func run(
    _ arguments: [String], folder: String? = nil, environment: [String: String] = [:]
  ) throws -> Result {
    let process = process(arguments)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let output = Pipe()
    let errorFile = FileManager.default.temporaryDirectory.appendingPathComponent(
      "emq-errors-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: errorFile.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errorFile) }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: String(decoding: data, as: UTF8.self),
      errors: try String(contentsOf: errorFile, encoding: .utf8))
  }
}
