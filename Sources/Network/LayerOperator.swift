import ONNX
import Torch

/// What makes a node with a constant weight a quantizable layer.
///
/// Another operator is a line in ``registered``.
struct LayerOperator: Sendable {
  /// The position of the weight among the node's inputs.
  let weightInput: Int
  /// The position of what the weight is applied to.
  let dataInput: Int
  /// Whether the weight alone is rounded, as what it is applied to is no product's factor or has no integer kernel.
  let isWeightOnly: Bool
  /// The dimension of the weight that counts output channels; nil where the node is none of the kind.
  let outputAxis: @Sendable (_ node: Node, _ weight: Tensor) throws -> Int?

  /// By the operator's name; all that fit a node count.
  static let registered: [String: [LayerOperator]] = [
    "LSTM": recurrent, "GRU": recurrent, "RNN": recurrent,
    "Conv": [
      LayerOperator(weightInput: 1, dataInput: 0, isWeightOnly: false) { _, weight in
        weight.rank >= 2 ? 0 : nil
      }
    ],
    "ConvTranspose": [
      LayerOperator(weightInput: 1, dataInput: 0, isWeightOnly: true) { _, weight in
        weight.rank >= 3 ? 1 : nil
      }
    ],
    "Gemm": [
      LayerOperator(weightInput: 1, dataInput: 0, isWeightOnly: false) { node, weight in
        guard weight.rank >= 2 else { return nil }
        return try (node.integer("transB") ?? 0) != 0 ? 0 : weight.rank - 1
      }
    ],
    "MatMul": [
      LayerOperator(weightInput: 1, dataInput: 0, isWeightOnly: false) { _, weight in
        weight.rank >= 2 ? weight.rank - 1 : nil
      },
      LayerOperator(weightInput: 0, dataInput: 1, isWeightOnly: true) { _, weight in
        weight.rank >= 2 ? weight.rank - 2 : nil
      },
    ],
    // A table of vectors, such as those of tokens; each has a scale.
    "Gather": [
      LayerOperator(weightInput: 0, dataInput: 1, isWeightOnly: true) { node, weight in
        try weight.rank == 2 && weight.elementType.isFloatingPoint && (node.integer("axis") ?? 0) == 0
          ? 0 : nil
      }
    ],
  ]

  /// The weights of what enters a recurrent layer and of its state, [directions, gates · size, numbers] in files.
  private static let recurrent: [LayerOperator] = [1, 2].map { position in
    LayerOperator(weightInput: position, dataInput: 0, isWeightOnly: true) { _, weight in
      weight.rank == 3 ? 0 : nil
    }
  }

  /// Positions of inputs that may be weights of quantizable layers.
  static func weightInputs(of node: Node) -> [Int] {
    node.domain.isEmpty ? (registered[node.operatorType] ?? []).map(\.weightInput) : []
  }
}

extension Node {
  /// Positions of inputs that may be weights of quantizable layers.
  package var weightInputs: [Int] { LayerOperator.weightInputs(of: self) }
}
