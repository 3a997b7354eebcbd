import BitModel
import Foundations
import Torch

extension Network {
  /// Operators that write their output where one of their inputs was.
  private static let inPlaceOperators: Set<String> = [
    "Add", "BatchNormalization", "Clip", "Div", "Dropout", "Elu", "Flatten", "Gelu", "HardSigmoid",
    "HardSwish",
    "Identity", "LeakyRelu", "Max", "Min", "Mul", "PRelu", "Relu", "Reshape", "Sigmoid", "Softmax", "Squeeze",
    "Sub",
    "Sum", "Tanh", "Unsqueeze",
  ]

  /// Which activations are alive together, seen in a run on one blank image.
  public func activationMemory() throws -> ActivationMemory {
    try withoutGradients {
      var state = try beginning(blankInputs(1))
      var buffers = Dictionary(uniqueKeysWithValues: zip(inputIndices, 0...))
      var elements = inputs.map { $0.shape.reduce(1, *) }
      var readers = inputs.map { _ in [Int]() }
      var moments: [Set<Int>] = []
      for (index, step) in steps.enumerated() {
        let inputs = step.inputs.compactMap { $0 }.filter { buffers[$0] != nil }
        if let layer = step.layer, let source = inputs.first, let buffer = buffers[source] {
          readers[buffer].append(layer)
        }
        try advance(&state, to: index + 1)
        let dying = Set(step.lastUses)
        for output in step.outputs.compactMap({ $0 }) {
          // An output that nothing needs is gone already.
          guard let count = state[value: output]?.count else { continue }
          let reused = inputs.first { input in
            dying.contains(input) && buffers[input].map { elements[$0] == count } ?? false
          }
          if Self.inPlaceOperators.contains(step.node.operatorType), let reused {
            buffers[output] = buffers[reused]
          } else {
            buffers[output] = elements.count
            elements.append(count)
            readers.append([])
          }
        }
        moments.append(Set(buffers.values))
        for value in dying { buffers[value] = nil }
      }
      return ActivationMemory(
        buffers: zip(elements, readers).map { ActivationMemory.Buffer(elements: $0, readers: $1) },
        moments: moments)
    }
  }
}
