/// What a part of a formula is on a network.
enum FormulaValue: Sendable {
  /// A tensor for each layer.
  case tensor(FlatTensor)
  /// A number for each layer.
  case layers([Double])
  /// A number for each layer and choice of bits, in the order of a ``BitGrid``.
  case choices([Double])

  /// The memory that it takes.
  var byteCount: Int {
    switch self {
    case .tensor(let tensor): tensor.byteCount
    case .layers(let numbers), .choices(let numbers): numbers.count * 8
    }
  }
}

/// The mean of a value in each layer, or layer and choice of bits, and how large what it is the mean of is.
struct ValueSummary: Sendable {
  var means: [Double]
  /// Means of absolute values, or a bound of them: differences between means are rounding where they are far below.
  var magnitudes: [Double]
  /// Whether there is a mean for each layer and choice of bits.
  var isOfChoices: Bool
}

extension ValueSummary {
  /// Zero in place of means that are nothing but rounding, as they would be ranked once they stand alone.
  func withoutRounding(share: Double) -> ValueSummary {
    var result = self
    for index in means.indices where abs(means[index]) < share * magnitudes[index] { result.means[index] = 0 }
    return result
  }
}
