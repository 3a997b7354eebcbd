/// What an operator makes of rounded values, for networks computed in integers.
///
/// An operator that is not ``registered`` takes and gives numbers in single precision. Another one is a line in that
/// table.
package enum RoundingRole: Sendable {
  /// It moves values and adds zeros at most, so its output lies on the grid of its first input.
  case moves
  /// It cuts values off at bounds, which rounding to a grid that ends there does by itself.
  case bounds
  /// It makes new values of rounded ones, which are rounded again.
  case computes

  /// The roles of operators.
  package static let registered: [String: RoundingRole] = [
    "Dropout": .moves, "Flatten": .moves, "Identity": .moves, "MaxPool": .moves, "Pad": .moves,
    "Reshape": .moves, "Slice": .moves, "Squeeze": .moves, "Transpose": .moves, "Unsqueeze": .moves,
    "Clip": .bounds, "Relu": .bounds,
    "Add": .computes, "AveragePool": .computes, "Concat": .computes, "GlobalAveragePool": .computes,
    "HardSigmoid": .computes, "HardSwish": .computes, "LeakyRelu": .computes, "Mul": .computes,
    "ReduceMean": .computes, "Sigmoid": .computes,
  ]

  /// Operators whose inputs are all values; of others it is the first one alone.
  package static let joining: Set<String> = ["Add", "Concat", "Mul"]
}
