import Foundations

/// Statistics that do not exist, or cannot be computed as they are asked for.
public struct StatisticsError: DescribedError, Equatable {
  /// The kind of trouble.
  public let kind: FailureKind
  /// What is wrong, and what would be right.
  public let description: String

  /// Makes an error about statistics.
  public init(_ description: String, kind: FailureKind = .usage) {
    self.kind = kind
    self.description = description
  }
}
