import CTorch
import Foundations

/// An operation that libtorch refused.
public struct TorchError: DescribedError {
  /// The operation, such as `aten::convolution`.
  public let operation: String
  /// The reason that libtorch gave.
  public let reason: String

  /// Shapes and values that reach an operation come from the network or the data.
  public var kind: FailureKind { .data }
  /// The operation and the reason, in one line.
  public var description: String { "\(operation): \(reason)".inOneLine }

  /// Makes an error of an operation and a reason.
  public init(operation: String, reason: String) {
    self.operation = operation
    self.reason = reason
  }

  /// The error that the calling thread's last failed call left.
  static func last(_ operation: String) -> TorchError {
    TorchError(operation: operation, reason: String(cString: ct_last_error()))
  }
}
