/// A linear program of which some variables are 0 or 1: what a solver is given.
struct MixedIntegerProgram: Sendable {
  /// A variable.
  struct Column: Sendable {
    /// What a unit of it adds to the sum that is minimized.
    var objective: Double
    /// The greatest value; the least is 0.
    var upper: Double
    /// Whether it takes whole numbers only.
    var isInteger: Bool
  }

  /// Bounds on a weighted sum of variables.
  struct Row: Sendable {
    /// The variables' weights; each variable at most once.
    var entries: [(column: Int, weight: Double)]
    /// The least sum; negative infinity for none.
    var lower: Double
    /// The greatest sum; infinity for none.
    var upper: Double
  }

  /// Values of the variables within all bounds.
  struct Solution: Sendable {
    /// The value of each variable.
    let values: [Double]
    /// A number that no solution's sum is below.
    let lowerBound: Double
    /// Whether the search ended, rather than being stopped.
    let isComplete: Bool
  }

  private(set) var columns: [Column] = []
  private(set) var rows: [Row] = []

  /// Adds a variable: its index.
  mutating func addColumn(objective: Double, upper: Double, isInteger: Bool) -> Int {
    columns.append(Column(objective: objective, upper: upper, isInteger: isInteger))
    return columns.count - 1
  }

  /// Adds bounds on a weighted sum; weights of 0 are left out.
  mutating func addRow(
    _ entries: [(column: Int, weight: Double)], lower: Double = -.infinity, upper: Double = .infinity
  ) {
    rows.append(Row(entries: entries.filter { $0.weight != 0 }, lower: lower, upper: upper))
  }
}
