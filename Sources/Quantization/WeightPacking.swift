/// What weights of few bits are stored as.
public enum WeightPacking: String, CaseIterable, Sendable {
  /// Without a gap between them, unpacked by a function that the model holds. Of integer arithmetic.
  case function
  /// Without a gap between them, unpacked by nodes of the graph, for runtimes without functions. Of integer arithmetic.
  case inline
  /// The least of 2, 4 and 8 bits that holds them; 2-bit integers need a runtime of operator set 25. Of float arithmetic.
  case least
  /// 4 or 8 bits, which runtimes of operator set 21 have. Of float arithmetic.
  case fourBit = "int4"
  /// 8 bits, which all runtimes have.
  case byte = "int8"

  /// Whether networks of some arithmetic can be stored so.
  public func serves(_ arithmetic: Arithmetic) -> Bool {
    switch self {
    case .function, .inline: arithmetic == .integer
    case .least, .fourBit: arithmetic == .float
    case .byte: true
    }
  }

  /// What networks of some arithmetic are stored as where nothing is said.
  public static func standard(_ arithmetic: Arithmetic) -> WeightPacking {
    switch arithmetic {
    case .integer: .function
    case .float: .least
    }
  }

  /// Bits that an integer of a weight takes in files of float arithmetic.
  package func storedBits(_ bits: Int) -> Int {
    switch self {
    case .least: bits <= 2 ? 2 : bits <= 4 ? 4 : 8
    case .fourBit: bits <= 4 ? 4 : 8
    case .byte, .function, .inline: 8
    }
  }
}
