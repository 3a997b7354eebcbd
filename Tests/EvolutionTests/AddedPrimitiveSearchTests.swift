import Evolution
import Foundation
import Foundations
import Proxies
import TestSupport
import Testing
import Torch

/// A search over primitives that a caller adds.
@Suite struct AddedPrimitiveSearchTests {
  @Test func aSearchFindsAndReadsThem() throws {
    let cosine = UnaryPrimitive(
      "cos", PrimitiveDefinition("cos x"), .elementwise { try $0.applying("cos") }, number: { cos($0) })
    let hypotenuse = BinaryPrimitive(
      "hypot", PrimitiveDefinition("√(x² + y²)"),
      .elementwise { try $0.squared().adding($1.squared()).applying("sqrt") }, number: { hypot($0, $1) })
    let primitives = try PrimitiveRegistry.standard.adding(unary: [cosine], binary: [hypotenuse])
    let truth = "hypot(cos(weight), gradient)"
    let problem = try SyntheticProblem.problem(formula: truth, primitives: primitives)
    let space = SearchSpace(
      shape: StructureShape(.branched, chainLength: 1), inputs: [.statistic(.weight), .statistic(.gradient)],
      probabilities: OperationProbabilities(
        unary: [.noOperation: 1, .absolute: 1, cosine: 1, .square: 1], binary: [.sum: 1, hypotenuse: 1],
        primitives: primitives))
    var options = EvolutionOptions()
    options.populationSize = 8
    options.generations = 60
    let description = RunFolder.Description(
      version: "1", options: options, space: space,
      benchmarks: [.init(path: "b", statistics: "s", network: "n", digest: "d", truth: "top1")])
    var search = try EvolutionSearch(problem: problem, space: space, options: options)
    try search.run(threads: 1)
    let best = try #require(search.hallOfFame.members.first)
    #expect(best.fitness > 0.99)
    #expect(best.genome.joins == [hypotenuse] && best.genome.operations.contains(cosine))

    try TestFiles.withFolder { path in
      let folder = RunFolder("\(path)/run", primitives: primitives)
      try folder.save(search.state, description)
      #expect(try folder.savedState(for: description) == search.state)
      let operations = try String(contentsOfFile: "\(path)/run/operations.csv", encoding: .utf8)
      #expect(operations.contains("unary,cos,0.25\n") && operations.contains("binary,hypot,0.5\n"))
      #expect(throws: EvolutionError.self) { try RunFolder("\(path)/run").savedState(for: description) }
    }
  }
}
