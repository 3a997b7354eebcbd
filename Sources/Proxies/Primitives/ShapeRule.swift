/// What an operation makes of the shape of its operands.
public enum ShapeRule: String, Sendable, CaseIterable {
  /// The shape is kept.
  case same = "same shape"
  /// One number for each row, a row being what one index of the first dimension holds.
  case rows = "[rows]"
  /// One number for each pair of rows.
  case rowPairs = "[rows, rows]"
  /// A single number.
  case number = "a number"
}
