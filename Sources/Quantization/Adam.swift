import Torch

/// Adam (Kingma and Ba, ICLR 2015) with its usual constants, on some tensors that it changes in place.
///
/// Decay, where there is any, is apart from the gradient (Loshchilov and Hutter, ICLR 2019).
package struct Adam: Sendable {
  /// What is learned.
  package let parameters: [Tensor]
  private let means: [Tensor]
  private let squares: [Tensor]
  private let steps: [Tensor]

  /// Begins with no memory.
  package init(_ parameters: [Tensor]) throws {
    self.parameters = parameters
    func zeros() throws -> [Tensor] {
      try withoutGradients { try parameters.map { try $0.detached().scaled(by: 0) } }
    }
    means = try zeros()
    squares = try zeros()
    steps = try parameters.map { _ in try Tensor.scalar(0) }
  }

  /// Resumes with a memory.
  ///
  /// - Parameter memory: as ``memory`` gave it, for parameters of the same shapes.
  package init(_ parameters: [Tensor], memory: [Tensor]) {
    let count = parameters.count
    self.parameters = parameters
    means = Array(memory.prefix(count))
    squares = Array(memory.dropFirst(count).prefix(count))
    steps = Array(memory.dropFirst(2 * count))
  }

  /// Running means of the gradients, then of their squares, then numbers of steps; one of each a parameter.
  package var memory: [Tensor] { means + squares + steps }

  /// The same state in tensors of its own.
  package func copied() throws -> Adam {
    func copies(_ tensors: [Tensor]) throws -> [Tensor] {
      try withoutGradients { try tensors.map { try $0.detached().applying("clone") } }
    }
    return Adam(try copies(parameters), memory: try copies(memory))
  }

  /// Moves the parameters against their gradients.
  ///
  /// - Parameter decay: the share of the parameters, times the learning rate, that is taken off them.
  package func step(_ gradients: [Tensor], learningRate: Double, decay: Double = 0) throws {
    try withoutGradients {
      for count in steps { _ = try Tensor.call("aten::add_", overload: "Scalar", [.tensor(count), .int(1)]) }
      _ = try Tensor.call(
        "aten::_fused_adamw_",
        [
          .tensors(parameters), .tensors(gradients), .tensors(means), .tensors(squares), .tensors([]),
          .tensors(steps), .double(learningRate), .double(0.9), .double(0.999), .double(decay), .double(1e-8),
          .bool(false), .bool(false),
        ])
    }
  }
}
