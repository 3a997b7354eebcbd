/// Which tasks of a job a worker may take, and which of them first.
public enum StoreClaimOrder: Sendable, Equatable {
  /// All; those after a position come first, as tasks next to each other often share work.
  case after(Int)
  /// Those of some positions; the preferred ones come first.
  case within(Range<Int>, preferring: [Int])

  /// Conditions on tasks' positions, in the order in which they are tried.
  var conditions: [String] {
    switch self {
    case .after(let position): ["position > \(position)", "position <= \(position)"]
    case .within(_, let preferred):
      preferred.map { "position = \($0)" } + [condition]
    }
  }

  /// The condition that all of the tasks satisfy.
  var condition: String {
    switch self {
    case .after: "true"
    case .within(let range, _): "position >= \(range.lowerBound) AND position < \(range.upperBound)"
    }
  }
}
