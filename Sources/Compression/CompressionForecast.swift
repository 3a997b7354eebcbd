import Foundation
import Foundations

/// What a compression is going to take: seconds, stage by stage, and memory.
///
/// What the network's passes take is measured on this machine beforehand; how many there are of each kind is known. Within a
/// factor of two where nothing else runs.
public struct CompressionForecast: Sendable {
  /// A stage.
  public struct Stage: Sendable {
    /// What is done.
    public let name: String
    /// How long it is going to take.
    public let seconds: Double

    init(_ name: String, _ seconds: Double) {
      self.name = name
      self.seconds = seconds
    }
  }

  /// The stages in their order.
  public let stages: [Stage]
  /// Threads that it is for.
  public let threads: Int
  /// The most memory at a time, in bytes.
  public let bytes: Double

  /// Seconds of all stages.
  public var seconds: Double { stages.reduce(0) { $0 + $1.seconds } }
}

/// A compression that would take more memory than it may.
public struct MemoryShortage: DescribedError {
  /// What it is going to take, in bytes.
  public let needed: Double
  /// What it may take, in bytes.
  public let allowed: Int

  /// The kind of trouble.
  public var kind: FailureKind { .usage }

  /// How much is missing, and what takes less.
  public var description: String {
    func text(_ bytes: Double) -> String { String(format: "%.1f GiB", bytes / Double(1 << 30)) }
    return
      "about \(text(needed)) are needed, of which \(text(Double(allowed))) may be taken; fewer --calibration-images, --threads or"
      + " candidate --bits take less, --rounding nearest the least"
  }
}

extension CompressionForecast {
  /// Sees to it that memory is enough.
  ///
  /// - Parameter allowed: what may be taken, in bytes; nil for no bound.
  /// - Throws: ``MemoryShortage``.
  public func requireMemory(_ allowed: Int?) throws {
    if let allowed, bytes > Double(allowed) { throw MemoryShortage(needed: bytes, allowed: allowed) }
  }
}
