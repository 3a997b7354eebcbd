import CGLPK
import Foundation
import Support
import Synchronization

/// Chooses each layer's bits exactly, by integer programming with GLPK.
///
/// Maximizes the sum of values over layers with the sum of sizes within a bound, one choice a layer (the
/// multiple-choice knapsack problem). Among equal sums of values the smaller size is not guaranteed.
public enum ExactAllocation {
  /// GLPK keeps global state, so one problem is solved at a time.
  private static let lock = Mutex(())

  /// Solves the problem to proven optimality.
  ///
  /// - Parameters:
  ///   - values: for each layer, the value of each choice; higher is better.
  ///   - sizes: for each layer, the size of each choice, in bits.
  ///   - bound: the greatest sum of sizes, in bits.
  /// - Returns: for each layer, the position of its choice.
  /// - Throws: ``AllocationError`` that says the least possible size where the bound is below it.
  public static func solve(values: [[Double]], sizes: [[Int]], bound: Int) throws -> [Int] {
    guard values.count == sizes.count, !values.isEmpty,
      zip(values, sizes).allSatisfy({ $0.count == $1.count && !$0.isEmpty })
    else { throw AllocationError("values and sizes of the layers' choices do not fit", kind: .software) }
    guard values.joined().allSatisfy(\.isFinite) else {
      throw AllocationError("a layer's score is not a finite number, so no best choice exists")
    }
    let least = sizes.reduce(0) { $0 + ($1.min() ?? 0) }
    guard bound >= least else {
      func mebibytes(_ bits: Int) -> String { String(format: "%.4f MiB", Double(bits) / 8 / 1_048_576) }
      throw AllocationError(
        "the budget of \(mebibytes(bound)) is below the least size of \(mebibytes(least)) with these bits;"
          + " allow fewer bits or a larger budget", kind: .usage)
    }
    return try lock.withLock { _ in try solveLocked(values: values, sizes: sizes, bound: bound) }
  }

  private static func solveLocked(values: [[Double]], sizes: [[Int]], bound: Int) throws -> [Int] {
    glp_term_out(GLP_OFF)
    guard let problem = glp_create_prob() else {
      throw AllocationError("GLPK could not make a problem", kind: .software)
    }
    defer { glp_delete_prob(problem) }
    // Values of any magnitude are brought to about 1, where the solver's tolerances are meant for.
    let spread = values.map { ($0.max() ?? 0) - ($0.min() ?? 0) }.max() ?? 0
    let scale = spread > 0 ? 1000 / spread : 1

    glp_set_obj_dir(problem, GLP_MAX)
    glp_add_rows(problem, Int32(values.count + 1))
    glp_set_row_bnds(problem, 1, GLP_UP, 0, 1)
    for layer in values.indices { glp_set_row_bnds(problem, Int32(layer + 2), GLP_FX, 1, 1) }
    let columns = values.reduce(0) { $0 + $1.count }
    glp_add_cols(problem, Int32(columns))
    var (rows, positions, entries) = ([Int32(0)], [Int32(0)], [0.0])
    var column: Int32 = 0
    for layer in values.indices {
      let lowest = values[layer].min() ?? 0
      for choice in values[layer].indices {
        column += 1
        glp_set_col_kind(problem, column, GLP_BV)
        glp_set_obj_coef(problem, column, (values[layer][choice] - lowest) * scale)
        rows += [1, Int32(layer + 2)]
        positions += [column, column]
        entries += [Double(sizes[layer][choice]) / Double(max(1, bound)), 1]
      }
    }
    glp_load_matrix(problem, Int32(rows.count - 1), rows, positions, entries)
    var parameters = glp_iocp()
    glp_init_iocp(&parameters)
    parameters.presolve = GLP_ON
    parameters.msg_lev = GLP_MSG_OFF
    parameters.mip_gap = 0
    let status = glp_intopt(problem, &parameters)
    guard status == 0, glp_mip_status(problem) == GLP_OPT else {
      throw AllocationError("GLPK found no proven optimum (status \(status))", kind: .software)
    }
    column = 0
    let choices = values.map { layer in
      defer { column += Int32(layer.count) }
      return layer.indices.max {
        glp_mip_col_val(problem, column + Int32($0) + 1) < glp_mip_col_val(problem, column + Int32($1) + 1)
      } ?? 0
    }
    let size = choices.enumerated().reduce(0) { $0 + sizes[$1.offset][$1.element] }
    guard size <= bound else {
      throw AllocationError("GLPK's choice of \(size) bits exceeds the bound of \(bound)", kind: .software)
    }
    return choices
  }
}
