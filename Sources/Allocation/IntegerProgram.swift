import BitModel

/// One choice a group with the greatest sum of values, or the least peak of a resource, within constraints.
struct IntegerProgram {
  /// A choice for each group.
  struct Solution: Equatable {
    /// The position of each group's choice.
    let positions: [Int]
    /// By how much the best sum of values may be higher, down to digits that the solver's tolerances leave open.
    let gap: Double
    /// Whether the search ended, rather than being stopped.
    let isComplete: Bool
  }

  /// Choices of which not every group may have one: for each group, which.
  typealias Exclusion = [[Bool]]

  /// What the greatest difference of a group's values becomes, where the solver's tolerances are meant for.
  private static let scaledSpread = 1000.0

  private let values: AllocationValues
  private let minimized: ResourceConstraint?
  private let constraints: [ResourceConstraint]
  private let exclusions: [Exclusion]
  private let solver: BranchAndCut

  /// Makes the problem of the greatest sum of values.
  init(
    values: AllocationValues, constraints: [ResourceConstraint], excluding exclusions: [Exclusion] = [],
    nodeLimit: Int
  ) {
    self.values = values
    minimized = nil
    self.constraints = constraints
    self.exclusions = exclusions
    solver = BranchAndCut(nodeLimit: nodeLimit)
  }

  /// Makes the problem of taking the least of a resource.
  init(
    minimizing resource: ResourceConstraint, choices: [[BitChoice]], within constraints: [ResourceConstraint],
    nodeLimit: Int
  ) {
    values = AllocationValues(choices.map { $0.map { _ in 0 } })
    minimized = resource
    self.constraints = constraints
    exclusions = []
    solver = BranchAndCut(nodeLimit: nodeLimit)
  }

  /// The greatest difference of values of one group, or of one pair.
  var spread: Double { values.spread }

  /// Solves it; nil where no choice keeps the constraints.
  ///
  /// - Throws: ``AllocationError`` where the solver fails.
  func solve() throws -> Solution? {
    let scale = spread > 0 ? Self.scaledSpread / spread : 1
    let (program, choices, offset) = program(scale: scale)
    guard let solution = try solver.solve(program) else { return nil }
    let positions = choices.map { columns in
      columns.indices.max { solution.values[columns[$0]] < solution.values[columns[$1]] } ?? 0
    }
    // The sum is that of the choices, not of what the solver takes for ones.
    let sum = offset - values.sum(positions) * scale
    return Solution(
      positions: positions, gap: max(0, sum - solution.lowerBound) / scale, isComplete: solution.isComplete)
  }

  /// The program, the columns of each group's choices, and what its objective is above the scaled sum of values, negated.
  private func program(scale: Double) -> (MixedIntegerProgram, choices: [[Int]], offset: Double) {
    var program = MixedIntegerProgram()
    var choices: [[Int]] = []
    var offset = 0.0
    for group in values.groups {
      let lowest = group.min() ?? 0
      offset += lowest * scale
      let columns = group.map {
        program.addColumn(objective: (lowest - $0) * scale, upper: 1, isInteger: true)
      }
      program.addRow(columns.map { ($0, 1) }, lower: 1, upper: 1)
      choices.append(columns)
    }
    for pair in values.pairs { offset += add(pair, scale: scale, to: &program, choices) }
    for exclusion in exclusions {
      let columns = zip(choices, exclusion).flatMap { zip($0, $1).filter(\.1).map(\.0) }
      program.addRow(columns.map { ($0, 1) }, upper: Double(choices.count - 1))
    }
    var greatest: [[Int]: Int] = [:]
    for constraint in constraints where constraint.bound.isFinite {
      add(constraint, peak: nil, to: &program, choices, &greatest)
    }
    if let minimized {
      // The peak is a variable of its own, in units of the greatest single cost.
      let peak = program.addColumn(objective: Self.scaledSpread, upper: .infinity, isInteger: false)
      add(minimized, peak: peak, to: &program, choices, &greatest)
    }
    return (program, choices, offset)
  }

  /// Adds what choices of two groups are worth together, by a variable for each two of them, which is their product: those of
  /// a choice sum to it over the other group's choices (Adams and Johnson, "Improved linear programming-based lower bounds for
  /// the quadratic assignment problem", DIMACS 16, 1994).
  ///
  /// - Returns: what the objective becomes higher by.
  private func add(
    _ pair: AllocationValues.Pair, scale: Double, to program: inout MixedIntegerProgram, _ choices: [[Int]]
  ) -> Double {
    let lowest = pair.values.joined().min() ?? 0
    let columns = pair.values.map { row in
      row.map { program.addColumn(objective: (lowest - $0) * scale, upper: 1, isInteger: false) }
    }
    for (column, row) in zip(choices[pair.first], columns) {
      program.addRow([(column, -1)] + row.map { ($0, 1) }, lower: 0, upper: 0)
    }
    for (position, column) in choices[pair.second].enumerated() {
      program.addRow([(column, -1)] + columns.map { ($0[position], 1) }, lower: 0, upper: 0)
    }
    return lowest * scale
  }

  /// Adds a constraint's rows; with a peak to be minimized, in place of its bound.
  private func add(
    _ constraint: ResourceConstraint, peak: Int?, to program: inout MixedIntegerProgram, _ choices: [[Int]],
    _ greatest: inout [[Int]: Int]
  ) {
    for row in constraint.rows {
      var available = constraint.bound - row.constant
      // Bounds that no sum of costs meets exactly are moved to one that a sum may, away from the solver's tolerance.
      if constraint.unit > 0 { available = (available / constraint.unit).rounded(.down) * constraint.unit }
      let most = row.costs.reduce(0) { $0 + ($1.max() ?? 0) } + row.shared.reduce(0) { $0 + 8 * $1.elements }
      let size = peak != nil ? most + row.constant : abs(available)
      let unit = size > 0 ? size : 1
      var entries = zip(choices, row.costs).flatMap { columns, costs in
        zip(columns, costs).map { (column: $0, weight: $1 / unit) }
      }
      for buffer in row.shared {
        let column = greatestBits(buffer.groups, constraint, &program, choices, &greatest)
        entries.append((column, buffer.elements / unit))
      }
      if let peak {
        let scale =
          constraint.rows.map { $0.costs.reduce(0) { $0 + ($1.max() ?? 0) } + $0.constant }.max() ?? 1
        entries.append((peak, -max(1e-300, scale) / unit))
        program.addRow(entries, upper: -row.constant / unit)
      } else {
        program.addRow(entries, upper: available < 0 ? -1 : available > 0 ? 1 : 0)
      }
    }
  }

  /// The column of the greatest bits among groups.
  private func greatestBits(
    _ groups: [Int], _ constraint: ResourceConstraint, _ program: inout MixedIntegerProgram,
    _ choices: [[Int]], _ greatest: inout [[Int]: Int]
  ) -> Int {
    if let known = greatest[groups] { return known }
    let column = program.addColumn(objective: 0, upper: 8, isInteger: false)
    for group in groups {
      program.addRow(
        [(column, 1)] + zip(choices[group], constraint.activationBits[group]).map { ($0, -$1) }, lower: 0)
    }
    greatest[groups] = column
    return column
  }
}
