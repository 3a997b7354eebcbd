/// What weights of few bits are stored as.
public enum WeightPacking: String, CaseIterable, Sendable {
  /// The least of 2, 4 and 8 bits that holds them; 2-bit integers need a runtime of operator set 25.
  case least
  /// 4 or 8 bits, which runtimes of operator set 21 have.
  case fourBit = "int4"
  /// 8 bits, which all runtimes have.
  case byte = "int8"

  /// Bits that an integer of a weight takes in the file.
  public func storedBits(_ bits: Int) -> Int {
    switch self {
    case .least: bits <= 2 ? 2 : bits <= 4 ? 4 : 8
    case .fourBit: bits <= 4 ? 4 : 8
    case .byte: 8
    }
  }
}
