import CTorch

extension Tensor {
  /// A copy of the handle that gradients can be taken with respect to: same elements, no history.
  public func trackingGradients() throws -> Tensor {
    let leaf = try detached()
    guard ct_set_requires_gradient(leaf.handle, true) == 0 else { throw TorchError.last("requires_grad") }
    return leaf
  }

  /// Whether gradients flow to this tensor.
  public var tracksGradients: Bool { ct_requires_gradient(handle) }

  /// The same elements without the history that gradients flow through.
  public func detached() throws -> Tensor {
    try Self.single("aten::detach", [.tensor(self)])
  }
}

/// Gradients of Σ outputs · weights with respect to `inputs`.
///
/// - Parameters:
///   - outputs: tensors computed from `inputs` with recording on.
///   - weights: one a tensor of `outputs`, of its shape; nil stands for ones.
///   - inputs: tensors made by ``Tensor/trackingGradients()`` or computed from such.
///   - retainingGraph: keep the history, for a further call on the same outputs.
///   - creatingGraph: record this computation too, for second derivatives.
/// - Returns: one a tensor of `inputs`; nil where the outputs do not depend on it.
public func gradients(
  of outputs: [Tensor], weights: [Tensor?]? = nil, withRespectTo inputs: [Tensor],
  retainingGraph: Bool = false, creatingGraph: Bool = false
) throws -> [Tensor?] {
  let outputHandles = outputs.map { Optional($0.handle) }
  let weightHandles = weights.map { $0.map { $0?.handle } } ?? outputs.map { _ in nil }
  guard weightHandles.count == outputHandles.count else {
    throw TorchError(
      operation: "gradients", reason: "\(outputs.count) outputs but \(weightHandles.count) weights")
  }
  let inputHandles = inputs.map { Optional($0.handle) }
  var results = [ct_handle?](repeating: nil, count: inputs.count)
  let status = withExtendedLifetime((outputs, weights, inputs)) {
    ct_gradients(
      outputHandles, weightHandles, outputHandles.count, inputHandles, inputHandles.count,
      retainingGraph || creatingGraph, creatingGraph, &results)
  }
  guard status == 0 else { throw TorchError.last("gradients") }
  return results.map { $0.map(Tensor.init(owning:)) }
}

/// Runs `body` with recording for gradients off, as in inference; the default is on.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
  let before = ct_set_gradients_enabled(false)
  defer { _ = ct_set_gradients_enabled(before) }
  return try body()
}
