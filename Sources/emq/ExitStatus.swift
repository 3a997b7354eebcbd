import ArgumentParser
import Foundations

extension FailureKind {
  /// The exit code of BSD's `sysexits.h`; 130 of a program that was interrupted.
  var exitCode: ExitCode {
    switch self {
    case .usage: ExitCode(64)
    case .data: ExitCode(65)
    case .noInput: ExitCode(66)
    case .unavailable: ExitCode(69)
    case .software: ExitCode(70)
    case .cannotCreate: ExitCode(73)
    case .inputOutput: ExitCode(74)
    case .configuration: ExitCode(78)
    case .interrupted: ExitCode(130)
    }
  }
}
