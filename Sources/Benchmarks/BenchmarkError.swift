import Foundations

/// A benchmark that cannot be opened, extended or used.
public struct BenchmarkError: DescribedError {
  /// The kind of trouble.
  public let kind: FailureKind
  /// What is wrong, in which file, and what would be right.
  public let description: String

  /// Makes an error about a benchmark.
  public init(_ description: String, kind: FailureKind = .data) {
    self.kind = kind
    self.description = description.inOneLine
  }
}
