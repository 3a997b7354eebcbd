import Foundation
import Foundations
import Proxies

extension SearchSpace {
  /// The space of those inputs that were computed for all benchmarks of a problem, with all ways to make up a score.
  public static func available(
    _ inputs: [FormulaInput], _ shape: StructureShape = StructureShape(.branched), in problem: SearchProblem
  ) -> SearchSpace {
    SearchSpace(
      shape: shape, inputs: inputs.filter { problem.isAvailable($0) }, aggregations: Aggregation.allCases)
  }

  /// The space that a text names: `paper`, `forward` or `extended` for the inputs of that set which were computed, or
  /// names of inputs joined by commas.
  ///
  /// - Throws: `ProxyError` naming what is no input, with inputs that are near.
  public static func named(
    _ text: String, _ shape: StructureShape, in problem: SearchProblem
  ) throws -> SearchSpace {
    switch text {
    case "paper":
      return SearchSpace(shape: shape, inputs: FormulaInput.paper.filter { problem.isAvailable($0) })
    case "forward": return available(FormulaInput.forward, shape, in: problem)
    case "extended": return available(FormulaInput.extended, shape, in: problem)
    default:
      let inputs = try text.split(separator: ",").map { part in
        let name = part.trimmingCharacters(in: .whitespaces)
        guard let input = FormulaInput(name: name) else {
          throw ProxyError(
            "there is no input '\(name)'; " + nearestNames(to: name, among: FormulaInput.all.map(\.name)),
            kind: .usage)
        }
        return input
      }
      guard !inputs.isEmpty else {
        throw ProxyError("no inputs are named; weight,gradient would do", kind: .usage)
      }
      let dependsOnBits = inputs.contains(where: \.dependsOnBits)
      return SearchSpace(
        shape: shape, inputs: inputs, aggregations: dependsOnBits ? Aggregation.allCases : [.bitWeighted])
    }
  }
}

extension SearchSpace {
  /// The formulas over responses that were computed for all benchmarks.
  ///
  /// - Throws: `EvolutionError` where there are none.
  public init(ofResponsesIn problem: SearchProblem, length: Int? = nil) throws {
    let responses = problem.availableResponses
    guard !responses.isEmpty else {
      throw EvolutionError(
        "no responses were computed for all of the benchmarks' networks; a search of the response structure needs them",
        kind: .usage)
    }
    self.init(responses: responses, length: length)
  }
}
