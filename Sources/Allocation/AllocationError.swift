import Foundations

/// A budget that cannot be read or met, or a file of bits that does not fit.
public struct AllocationError: DescribedError {
  /// The kind of trouble.
  public let kind: FailureKind
  /// What is wrong, where, and what would be right.
  public let description: String

  /// Makes an error about an allocation.
  public init(_ description: String, kind: FailureKind = .data) {
    self.kind = kind
    self.description = description.inOneLine
  }
}
