/// The configuration that others are seen as departures from.
///
/// Its text form is `float`, or `uniform:3` with the bits of the weights.
public enum ResponseBackground: Hashable, Sendable, Codable, CustomStringConvertible {
  /// No layer is rounded.
  case float
  /// All layers that have a choice are given the same bits of weights, and the most bits of inputs.
  case uniform(Int)

  /// The text form.
  public var description: String {
    switch self {
    case .float: "float"
    case .uniform(let bits): "uniform:\(bits)"
    }
  }

  /// Reads the text form; nil where it is not one.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if text == "float" {
      self = .float
    } else if parts.count == 2, parts[0] == "uniform", let bits = Int(parts[1]) {
      self = .uniform(bits)
    } else {
      return nil
    }
  }

  /// The uniform background in the middle of candidate bits.
  ///
  /// - Returns: of an even number of candidates the upper one of both in the middle; nil where there are none.
  public static func middle(of candidates: some Sequence<Int>) -> ResponseBackground? {
    let sorted = Set(candidates).sorted()
    return sorted.isEmpty ? nil : .uniform(sorted[sorted.count / 2])
  }
}
