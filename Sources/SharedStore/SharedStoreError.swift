import Foundations

/// A store that cannot be used as it was asked for.
public struct SharedStoreError: DescribedError {
  /// The kind of trouble.
  public let kind: FailureKind
  /// What is wrong, in which store, and what would be right.
  public let description: String

  /// Makes an error about a store.
  public init(_ description: String, kind: FailureKind = .data) {
    self.kind = kind
    self.description = description
  }
}
