import Proxies

extension SearchSpace {
  /// The space of those inputs that were computed for all benchmarks of a problem, with all ways to make up a score.
  public static func available(
    _ inputs: [FormulaInput], _ shape: StructureShape = StructureShape(.branched), in problem: SearchProblem
  ) -> SearchSpace {
    SearchSpace(
      shape: shape, inputs: inputs.filter { problem.isAvailable($0) }, aggregations: Aggregation.allCases)
  }
}
