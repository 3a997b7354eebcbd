import BitModel

/// Bits that were chosen, and how good they are known to be.
public struct Allocation: Sendable, Equatable {
  /// How the choice was made.
  public enum Method: String, Sendable {
    /// By integer programming.
    case exact
    /// By scoring every configuration within the budgets.
    case exhaustive
    /// By climbing from several starts, for scores that are no sum over layers.
    case localSearch = "local_search"
    /// By measuring neighbours of what a proxy chose.
    case measured
  }

  /// The bits of each layer.
  public let configuration: BitConfiguration
  /// The score, higher for better.
  public let score: Double
  /// How the choice was made.
  public let method: Method
  /// By how much the best score within the budgets may be higher, nil where nothing is proven; 0 where none is higher by
  /// more than 10⁻⁹ of what the choice for one layer can change.
  public let gap: Double?

  /// Makes an allocation.
  public init(configuration: BitConfiguration, score: Double, method: Method, gap: Double?) {
    self.configuration = configuration
    self.score = score
    self.method = method
    self.gap = gap
  }

  /// Whether no other choice within the budgets has a higher score.
  public var isProvenOptimal: Bool { gap == 0 }
}
