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

  /// Bytes of a weight's integers, and of the zero points among them.
  package func storedBytes(elements: Int, channels: Int, bits: Int, _ arithmetic: Arithmetic) -> Int {
    if bits > 8 { return (bits / 8) * elements }
    switch arithmetic {
    case .integer:
      guard self != .byte, bits < 8 else { return elements }
      let size = PackedIntegers.groupSize(bits: bits)
      return (elements + channels + size - 1) / size * (size * bits / 8)
    case .float: return (storedBits(bits) * elements + 7) / 8
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
