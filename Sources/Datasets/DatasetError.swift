import Foundations

/// Images or labels that cannot be read, or do not fit.
public struct DatasetError: DescribedError {
  /// The kind of trouble.
  public let kind: FailureKind
  /// What is wrong, in which file, and what would be right.
  public let description: String

  /// Makes an error about a data set.
  public init(_ description: String, kind: FailureKind = .data) {
    self.kind = kind
    self.description = description.inOneLine
  }
}
