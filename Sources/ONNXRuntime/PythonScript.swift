import Foundation
import Foundations

/// A script that a Python with ONNX Runtime runs in a process of its own.
struct PythonScript {
  /// What a script's process ended with.
  struct Failure: Error {
    /// The exit status, or the number of the signal that ended it.
    let status: Int32
    /// What it said, in one line.
    let reason: String
  }

  /// Exit statuses by which the scripts here say what kind of trouble there is, after BSD's `sysexits.h`.
  private static let kinds: [Int32: FailureKind] = [64: .usage, 65: .data]

  /// The Python.
  let python: String
  /// The text of the script.
  let text: String

  /// Runs the script.
  ///
  /// - Parameter line: takes each line of its standard output while it runs; where it throws, the process is ended.
  /// - Throws: ``Failure`` with what the script said, `FileError` where Python cannot be run, and what `line` throws.
  func run(_ arguments: [String], line: (String) throws -> Void = { _ in }) throws {
    try TemporaryFolder.with { folder in
      let errors = "\(folder)/errors"
      try AtomicFile.write(Data(), to: errors)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: python)
      process.arguments = ["-c", text] + arguments
      let output = Pipe()
      process.standardOutput = output
      guard let errorFile = FileHandle(forWritingAtPath: errors) else {
        throw FileError(.cannotCreate, "\(errors): cannot be written")
      }
      process.standardError = errorFile
      do {
        try process.run()
      } catch {
        throw FileError(.unavailable, "\(python): cannot be run; Scripts/bootstrap sets it up")
      }
      do {
        try Self.forEachLine(of: output.fileHandleForReading, line)
      } catch {
        // A process that was started from a thread which blocks signals does not hear of others.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        throw error
      }
      process.waitUntilExit()
      guard process.terminationStatus == 0, process.terminationReason == .exit else {
        let said = String(decoding: try AtomicFile.read(errors), as: UTF8.self)
        let status = process.terminationStatus
        let end = process.terminationReason == .exit ? "exit status" : "signal"
        throw Failure(
          status: status, reason: said.isEmpty ? "\(end) \(status), no reason given" : said.oneLine)
      }
    }
  }

  /// Runs a script that names the file it has trouble with.
  ///
  /// - Parameter isCancelled: asked at each line.
  /// - Throws: `FileError` with what the script said; `WorkInterrupted` where the work is asked to stop.
  func run(_ arguments: [String], context: WorkContext, line: (String) throws -> Void) throws {
    do {
      try run(arguments) { text in
        try context.checkCancellation()
        try line(text)
      }
    } catch let failure as Failure {
      // Ctrl-C reaches the script, too.
      try context.checkCancellation()
      throw FileError(Self.kinds[failure.status] ?? .unavailable, failure.reason)
    }
  }

  private static func forEachLine(of file: FileHandle, _ body: (String) throws -> Void) throws {
    var rest = Data()
    while case let data = file.availableData, !data.isEmpty {
      rest.append(data)
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        try body(String(decoding: rest[..<end], as: UTF8.self))
        rest = Data(rest[rest.index(after: end)...])
      }
    }
    if !rest.isEmpty { try body(String(decoding: rest, as: UTF8.self)) }
  }
}

extension String {
  /// The text in one line, without characters that control a terminal.
  var oneLine: String {
    let printable = unicodeScalars.map { scalar -> Character in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: " "
      default: Character(scalar)
      }
    }
    return String(printable).split(separator: " ").joined(separator: " ")
  }
}
