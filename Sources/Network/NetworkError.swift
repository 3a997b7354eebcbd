import Foundations
import ONNX

/// A network that cannot be made executable, or that failed while it ran.
public enum NetworkError: DescribedError, Equatable {
  /// The graph holds a node that this program cannot run.
  case unsupported(location: String, reason: String)
  /// The graph as a whole does not fit what this program runs.
  case graph(String)
  /// A node failed while the network ran.
  case execution(location: String, reason: String)
  /// Images do not fit the network's input.
  case input(String)

  /// Unsupported parts are unavailable; the rest is wrong data.
  public var kind: FailureKind {
    switch self {
    case .unsupported: .unavailable
    case .graph, .execution, .input: .data
    }
  }

  /// What is wrong, at which node, and what would be right.
  public var description: String { text.inOneLine }

  private var text: String {
    switch self {
    case .unsupported(let location, let reason): "\(location): \(reason)"
    case .graph(let reason), .input(let reason): reason
    case .execution(let location, let reason): "\(location): failed on this input: \(reason)"
    }
  }
}
