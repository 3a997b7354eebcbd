import Foundation

/// Seconds of the stages of some work, in their order.
public struct StageSeconds: Sendable {
  /// The stages that were run.
  public private(set) var stages: [(name: String, seconds: Double)] = []

  /// Makes a record of nothing.
  public init() {}

  /// Runs a stage.
  public mutating func measure<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    let start = Date()
    defer { stages.append((name, Date().timeIntervalSince(start))) }
    return try body()
  }
}
