import BitModel
import CGLPK
import Synchronization

/// One choice a group with the greatest sum of values, or the least peak of a resource, within constraints.
struct IntegerProgram {
  /// A choice for each group.
  struct Solution: Equatable {
    /// The position of each group's choice.
    let positions: [Int]
    /// By how much the best sum of values may be higher; 0 where this is the best one.
    let gap: Double
  }

  /// GLPK keeps global state, so one problem is solved at a time.
  private static let lock = Mutex(())

  private let values: [[Double]]
  private let minimized: ResourceConstraint?
  private let constraints: [ResourceConstraint]
  private let nodeLimit: Int

  /// Makes the problem of the greatest sum of values.
  init(values: [[Double]], constraints: [ResourceConstraint], nodeLimit: Int) {
    self.values = values
    minimized = nil
    self.constraints = constraints
    self.nodeLimit = nodeLimit
  }

  /// Makes the problem of taking the least of a resource.
  init(
    minimizing resource: ResourceConstraint, choices: [[BitChoice]], within constraints: [ResourceConstraint],
    nodeLimit: Int
  ) {
    values = choices.map { $0.map { _ in 0 } }
    minimized = resource
    self.constraints = constraints
    self.nodeLimit = nodeLimit
  }

  /// Solves it; nil where no choice keeps the constraints.
  ///
  /// - Throws: ``AllocationError`` where GLPK fails.
  func solve() throws -> Solution? { try Self.lock.withLock { _ in try solveLocked() } }

  /// Rows and entries of the problem as it is put together.
  private struct Matrix {
    var (rows, columns, entries) = ([Int32(0)], [Int32(0)], [0.0])

    mutating func add(_ row: Int32, _ column: Int32, _ entry: Double) {
      guard entry != 0 else { return }
      rows.append(row)
      columns.append(column)
      entries.append(entry)
    }
  }

  private func solveLocked() throws -> Solution? {
    glp_term_out(GLP_OFF)
    guard let problem = glp_create_prob() else {
      throw AllocationError("GLPK could not make a problem", kind: .software)
    }
    defer { glp_delete_prob(problem) }
    // Values of any magnitude are brought to about 1,000, where the solver's tolerances are meant for.
    let spread = values.map { ($0.max() ?? 0) - ($0.min() ?? 0) }.max() ?? 0
    let scale = spread > 0 ? 1000 / spread : 1
    glp_set_obj_dir(problem, GLP_MAX)

    var matrix = Matrix()
    var firstColumns: [Int32] = []
    for group in values.indices {
      let lowest = values[group].min() ?? 0
      let first = glp_add_cols(problem, Int32(values[group].count))
      let row = glp_add_rows(problem, 1)
      glp_set_row_bnds(problem, row, GLP_FX, 1, 1)
      firstColumns.append(first)
      for (choice, value) in values[group].enumerated() {
        let column = first + Int32(choice)
        glp_set_col_kind(problem, column, GLP_BV)
        glp_set_obj_coef(problem, column, (value - lowest) * scale)
        matrix.add(row, column, 1)
      }
    }
    var greatest: [[Int]: Int32] = [:]
    for constraint in constraints where constraint.bound.isFinite {
      add(constraint, peak: nil, to: problem, &matrix, firstColumns, &greatest)
    }
    if let minimized {
      // The peak is a variable of its own, in units of the greatest single cost.
      let peak = glp_add_cols(problem, 1)
      glp_set_col_bnds(problem, peak, GLP_LO, 0, 0)
      glp_set_obj_coef(problem, peak, -1000)
      add(minimized, peak: peak, to: problem, &matrix, firstColumns, &greatest)
    }
    glp_load_matrix(problem, Int32(matrix.rows.count - 1), matrix.rows, matrix.columns, matrix.entries)
    guard let gap = try optimize(problem) else { return nil }
    let positions = zip(values, firstColumns).map { choices, first in
      choices.indices.max {
        glp_mip_col_val(problem, first + Int32($0)) < glp_mip_col_val(problem, first + Int32($1))
      } ?? 0
    }
    return Solution(positions: positions, gap: gap / scale)
  }

  /// Adds a constraint's rows; with a peak to be minimized, in place of its bound.
  private func add(
    _ constraint: ResourceConstraint, peak: Int32?, to problem: OpaquePointer, _ matrix: inout Matrix,
    _ firstColumns: [Int32], _ greatest: inout [[Int]: Int32]
  ) {
    for row in constraint.rows {
      var available = constraint.bound - row.constant
      // Bounds that no sum of costs meets exactly are moved to one that a sum may, away from the solver's tolerance.
      if constraint.unit > 0 { available = (available / constraint.unit).rounded(.down) * constraint.unit }
      let most = row.costs.reduce(0) { $0 + ($1.max() ?? 0) } + row.shared.reduce(0) { $0 + 8 * $1.elements }
      let size = peak != nil ? most + row.constant : abs(available)
      let unit = size > 0 ? size : 1
      let index = glp_add_rows(problem, 1)
      if let peak {
        glp_set_row_bnds(problem, index, GLP_UP, 0, -row.constant / unit)
        let scale =
          constraint.rows.map { $0.costs.reduce(0) { $0 + ($1.max() ?? 0) } + $0.constant }.max() ?? 1
        matrix.add(index, peak, -max(1e-300, scale) / unit)
      } else {
        glp_set_row_bnds(problem, index, GLP_UP, 0, available < 0 ? -1 : available > 0 ? 1 : 0)
      }
      for (group, costs) in row.costs.enumerated() {
        for (choice, cost) in costs.enumerated() {
          matrix.add(index, firstColumns[group] + Int32(choice), cost / unit)
        }
      }
      for buffer in row.shared {
        matrix.add(
          index, greatestBits(buffer.groups, constraint, problem, &matrix, firstColumns, &greatest),
          buffer.elements / unit)
      }
    }
  }

  /// The column of the greatest bits among groups.
  private func greatestBits(
    _ groups: [Int], _ constraint: ResourceConstraint, _ problem: OpaquePointer, _ matrix: inout Matrix,
    _ firstColumns: [Int32], _ greatest: inout [[Int]: Int32]
  ) -> Int32 {
    if let known = greatest[groups] { return known }
    let column = glp_add_cols(problem, 1)
    glp_set_col_bnds(problem, column, GLP_DB, 0, 8)
    for group in groups {
      let row = glp_add_rows(problem, 1)
      glp_set_row_bnds(problem, row, GLP_LO, 0, 0)
      matrix.add(row, column, 1)
      for (choice, bits) in constraint.activationBits[group].enumerated() {
        matrix.add(row, firstColumns[group] + Int32(choice), -bits)
      }
    }
    greatest[groups] = column
    return column
  }

  /// What the search tree tells while it grows.
  private struct Watch {
    let nodeLimit: Int32
    var bound = Double.infinity
  }

  /// Runs the solver: the gap that is left, or nil where the problem has no solution.
  private func optimize(_ problem: OpaquePointer) throws -> Double? {
    var parameters = glp_iocp()
    glp_init_iocp(&parameters)
    parameters.presolve = GLP_ON
    parameters.msg_lev = GLP_MSG_OFF
    parameters.mip_gap = 0
    var watch = Watch(nodeLimit: Int32(clamping: nodeLimit))
    // Nodes are counted, not seconds, so that the result is the same on any machine.
    parameters.cb_func = { tree, info in
      guard let tree, let watch = info?.assumingMemoryBound(to: Watch.self) else { return }
      var total: Int32 = 0
      glp_ios_tree_size(tree, nil, nil, &total)
      guard total > watch.pointee.nodeLimit, glp_mip_status(glp_ios_get_prob(tree)) == GLP_FEAS else {
        return
      }
      let best = glp_ios_best_node(tree)
      if best != 0 { watch.pointee.bound = glp_ios_node_bound(tree, best) }
      glp_ios_terminate(tree)
    }
    let status = withUnsafeMutablePointer(to: &watch) { pointer in
      parameters.cb_info = UnsafeMutableRawPointer(pointer)
      return glp_intopt(problem, &parameters)
    }
    switch (status, glp_mip_status(problem)) {
    case (0, GLP_OPT): return 0
    case (GLP_ENOPFS, _), (0, GLP_NOFEAS): return nil
    case (GLP_ESTOP, GLP_FEAS): return max(0, watch.bound - glp_mip_obj_val(problem))
    default:
      throw AllocationError("GLPK found no proven optimum (status \(status))", kind: .software)
    }
  }
}
