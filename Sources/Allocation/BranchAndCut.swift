import CCBC
import Foundations
import Synchronization

/// Solves mixed integer programs with COIN-OR's CBC: on one thread, silently, and to the same result on every run.
///
/// What CBC does for time's sake alone (heuristics and preprocessing that look at the clock) is off, and the search is
/// bounded by its nodes, so neither the machine nor other work on it decides what is found.
struct BranchAndCut: Sendable {
  /// Nodes of the search tree after which the best solution so far is taken.
  let nodeLimit: Int

  /// By how much a solution has to be better to be searched for.
  static let improvement = 1e-7

  /// CBC keeps global state, so one program is solved at a time.
  private static let lock = Mutex(())

  /// The solution with the least sum; nil where none is within the bounds.
  ///
  /// - Throws: ``AllocationError`` where CBC gives up.
  func solve(_ program: MixedIntegerProgram) throws -> MixedIntegerProgram.Solution? {
    try Self.lock.withLock { _ in
      let limit = max(1, min(nodeLimit, 1_000_000_000))
      switch try Self.run(program, parameters: ["maxNodes": "\(limit)"]) {
      case .solved(let solution): return solution
      case .infeasible: return nil
      case .stopped: break
      }
      // The limit came before any solution: the first one is searched for, however many nodes that takes.
      switch try Self.run(program, parameters: ["maxSolutions": "1"]) {
      case .solved(let solution): return solution
      case .infeasible: return nil
      case .stopped: throw AllocationError("the solver stopped without a solution", kind: .software)
      }
    }
  }

  private enum Outcome {
    case solved(MixedIntegerProgram.Solution)
    case infeasible
    /// Stopped by a limit before a solution was found.
    case stopped
  }

  /// Settings that leave nothing to the clock; the node count is exact without searches below nodes.
  private static let settings = [
    ("cuts", "off"), ("heuristics", "off"), ("preprocess", "off"), ("roundingHeuristic", "on"),
    ("depthMiniBab", "-999"), ("increment", "\(improvement)"), ("ratioGap", "0"), ("allowableGap", "0"),
    // A vertex that is nearly whole, but breaks a row when it is rounded, ends a branch. So what is taken for whole breaks
    // rows by less than the solver lets pass, and others are branched on.
    ("integerTolerance", "1e-9"), ("primalTolerance", "1e-7"),
  ]

  private static func run(
    _ program: MixedIntegerProgram, parameters: KeyValuePairs<String, String>
  ) throws -> Outcome {
    guard let model = Cbc_newModel() else {
      throw AllocationError("the solver could not make a problem", kind: .software)
    }
    defer { Cbc_deleteModel(model) }
    Cbc_setLogLevel(model, 0)
    for (name, value) in settings { Cbc_setParameter(model, name, value) }
    for (name, value) in parameters { Cbc_setParameter(model, name, value) }
    load(padded(program), into: model)
    _ = Cbc_solve(model)
    if Cbc_isProvenInfeasible(model) != 0 { return .infeasible }
    let isOptimal = Cbc_isProvenOptimal(model) != 0
    guard isOptimal || Cbc_status(model) == 1 else {
      throw AllocationError(
        "the solver gave up with status \(Cbc_status(model)), \(Cbc_secondaryStatus(model))", kind: .software)
    }
    guard let best = Cbc_bestSolution(model) else { return .stopped }
    let values = Array(UnsafeBufferPointer(start: best, count: program.columns.count))
    let sum = zip(program.columns, values).reduce(0) { $0 + $1.0.objective * $1.1 }
    return .solved(
      .init(
        values: values, lowerBound: isOptimal ? sum : min(sum, Cbc_getBestPossibleObjValue(model)),
        isComplete: isOptimal))
  }

  /// The program with at least three variables: an assertion in CBC's linear solver ends the process on fewer where no
  /// dimension of the program is above two, though nothing is wrong with it.
  private static func padded(_ program: MixedIntegerProgram) -> MixedIntegerProgram {
    var program = program
    while program.columns.count < 3 { _ = program.addColumn(objective: 0, upper: 0, isInteger: false) }
    return program
  }

  /// Hands a program over, column by column.
  private static func load(_ program: MixedIntegerProgram, into model: UnsafeMutableRawPointer) {
    var entries = [[(row: Int32, weight: Double)]](repeating: [], count: program.columns.count)
    for (index, row) in program.rows.enumerated() {
      for entry in row.entries { entries[entry.column].append((Int32(index), entry.weight)) }
    }
    var starts: [CoinBigIndex] = [0]
    for column in entries { starts.append(starts[starts.count - 1] + CoinBigIndex(column.count)) }
    Cbc_loadProblem(
      model, Int32(program.columns.count), Int32(program.rows.count), starts,
      entries.joined().map(\.row), entries.joined().map(\.weight),
      program.columns.map { _ in 0 }, program.columns.map(\.upper), program.columns.map(\.objective),
      program.rows.map(\.lower), program.rows.map(\.upper))
    for (index, column) in program.columns.enumerated() where column.isInteger {
      Cbc_setInteger(model, Int32(index))
    }
    Cbc_setObjSense(model, 1)
  }
}
