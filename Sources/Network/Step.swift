import ONNX
import Torch

/// What a kernel takes and gives, besides tensors.
struct KernelContext {
  let mode: ForwardMode
  var batchStatistics: BatchStatistics?

  init(mode: ForwardMode) { self.mode = mode }
}

/// Computes a node's outputs from its inputs; attributes were read when it was made.
typealias Kernel = @Sendable (_ inputs: [Tensor?], _ context: inout KernelContext) throws -> [Tensor]

/// A node made executable: where its inputs and outputs lie, and what computes them.
package struct Step: Sendable {
  package var node: Node
  let location: String
  package let inputs: [Int?]
  package let outputs: [Int?]
  var kernel: Kernel
  /// The index of the quantizable layer that this is, if it is one.
  package var layer: Int?
  /// The positions, among the inputs, of the layer's weight and of what that is applied to.
  package var layerInputs: (weight: Int, data: Int) = (1, 0)
  /// Values that no later step needs.
  var lastUses: [Int] = []
}
