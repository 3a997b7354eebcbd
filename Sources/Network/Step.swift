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
  /// The quantizable layers that this is: none or one mostly, two where weights of an input and of a state are apart.
  package var layers: [StepLayer] = []
  /// Values that no later step needs.
  var lastUses: [Int] = []

  /// The index of the first quantizable layer that this is, if it is one.
  package var layer: Int? { layers.first?.layer }
}

/// A quantizable layer that a step computes.
package struct StepLayer: Sendable {
  /// The layer's index.
  package let layer: Int
  /// The position of its weight among the step's inputs.
  package let weightInput: Int
  /// The position of what the weight is applied to.
  package let dataInput: Int
}
