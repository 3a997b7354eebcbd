import Proxies
import Statistics
import Support

extension BranchedStructure {
  /// The structure with one thing drawn anew: an input, a unary operation or the binary operation.
  func mutated(inputs: [Statistic], using stream: inout RandomStream) -> BranchedStructure {
    var result = self
    switch stream.integer(below: 2 * Self.chainLength + 3) {
    case 0: result.operation = Self.drawBinary(using: &stream)
    case 1: result.left.input = inputs[stream.integer(below: inputs.count)]
    case 2: result.right.input = inputs[stream.integer(below: inputs.count)]
    case let place:
      let position = (place - 3) % Self.chainLength
      let operation = Self.drawUnary(using: &stream)
      if place - 3 < Self.chainLength {
        result.left.operations[position] = operation
      } else {
        result.right.operations[position] = operation
      }
    }
    return result
  }
}
