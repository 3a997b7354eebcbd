import Foundations

/// Which configurations of a benchmark serve the search, the choice among its results, and the report.
///
/// Drawn once from the number of configurations and a seed. Where there are three times as many as the search takes (50,
/// EMQ's number) and more, the rest is halved; of fewer, half serve the search and a quarter each of the others.
public struct ConfigurationSplit: Sendable, Equatable, Codable {
  /// Positions that fitness is measured on.
  public let search: [Int]
  /// Positions that the best formula is chosen on.
  public let validation: [Int]
  /// Positions that results are reported on, and nothing else.
  public let test: [Int]

  /// How many of them something is chosen on, in the search or after it.
  public var trainingCount: Int { search.count + validation.count }

  /// The configurations that EMQ's search takes.
  public static let paperSearchCount = 50

  /// Splits the positions 0 ..< `count`.
  public init(count: Int, seed: UInt64, searchCount: Int = Self.paperSearchCount) {
    var stream = RandomStream(seed: seed, purpose: "configuration split")
    let order = Array(0..<max(0, count)).shuffled(using: &stream)
    let searchCount = count >= 3 * searchCount ? searchCount : count / 2
    let validationCount = (count - searchCount) / 2
    search = order.prefix(searchCount).sorted()
    validation = order.dropFirst(searchCount).prefix(validationCount).sorted()
    test = order.dropFirst(searchCount + validationCount).sorted()
  }
}
