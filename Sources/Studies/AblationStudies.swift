import Evolution
import LayerStatistics
import Proxies

/// A comparison of ways to search.
public enum AblationStudy: String, CaseIterable, Sendable {
  /// Sequential, branched and DAG, with and without OSP.
  case structures
  /// OSP, DPS and CSP on and off.
  case components
  /// What is optimized.
  case fitness
  /// Statistics of fewer and of more images.
  case batch
  /// Approximations of the Hessian's diagonal.
  case hessian
  /// The paper's inputs against all.
  case inputs
  /// Evolution against random search.
  case random

  /// The variants; the first is what the others are compared with.
  ///
  /// - Parameters:
  ///   - problem: the benchmarks that formulas are judged on.
  ///   - options: what is not compared.
  ///   - seconds: how long variants at equal time search.
  public func variants(_ problem: SearchProblem, options: EvolutionOptions, seconds: Double) -> [StudyVariant]
  {
    let paper = SearchSpace(inputs: FormulaInput.paper.filter { problem.isAvailable($0) })
    func changed(_ change: (inout EvolutionOptions) -> Void) -> EvolutionOptions {
      var result = options
      change(&result)
      return result
    }
    switch self {
    case .structures:
      return Structure.ofLayers.sorted { ($0 == .branched ? 0 : 1) < ($1 == .branched ? 0 : 1) }.flatMap {
        structure in
        var space = paper
        space.shape = StructureShape(structure)
        return [true, false].map { osp in
          StudyVariant(
            "\(structure.rawValue)\(osp ? "" : " without OSP")", space: space, prioritizesOperations: osp,
            options: options)
        }
      }
    case .components:
      let plain = changed {
        $0.usesDiversityPrompting = false
        $0.checksEquivalence = false
        $0.rejectsEarly = false
      }
      let kinds: [(name: String, osp: Bool, options: EvolutionOptions)] = [
        ("all", true, options), ("without OSP", false, options),
        ("without DPS", true, changed { $0.usesDiversityPrompting = false }),
        ("without equivalence check", true, changed { $0.checksEquivalence = false }),
        ("without early rejection", true, changed { $0.rejectsEarly = false }),
        (
          "without CSP", true,
          changed {
            $0.checksEquivalence = false
            $0.rejectsEarly = false
          }
        ), ("without all three", false, plain),
      ]
      return kinds.map {
        StudyVariant(
          "\($0.name), equal evaluations", space: paper, prioritizesOperations: $0.osp, options: $0.options)
      }
        + kinds.map { kind in
          var options = kind.options
          options.generations = .max
          options.maximumEvaluations = nil
          return StudyVariant(
            "\(kind.name), equal time", space: paper, prioritizesOperations: kind.osp, options: options,
            maximumSeconds: seconds)
        }
    case .fitness:
      let measures: [FitnessMeasure] = [
        .paper, .rho, .spearman(atTop: [0.5, 1]), .spearman(atTop: [0.2]),
        .trueSpearman(atTop: [0.2, 0.5, 1]),
        .kendall, .pearson,
      ]
      return measures.map { measure in
        StudyVariant(measure.description, space: paper, options: changed { $0.fitness = measure })
      }
    case .batch, .inputs:
      return [
        StudyVariant("paper inputs", space: paper, options: options),
        StudyVariant(
          "extended inputs",
          space: SearchSpace.available(FormulaInput.extended, in: problem),
          options: options),
      ]
    case .hessian:
      let others = FormulaInput.paper.filter { $0 != .statistic(.hessian) }
      let replacements: [(name: String, inputs: [Statistic])] = [
        ("Hutchinson's diagonal", [.hessian]), ("Gauss-Newton diagonal", [.gaussNewton]),
        ("empirical Fisher diagonal", [.fisher]), ("none", []),
        ("all three", [.hessian, .gaussNewton, .fisher]),
      ]
      return replacements.map { name, inputs in
        let all = others + inputs.map { .statistic($0) }
        return StudyVariant(
          name, space: SearchSpace(inputs: all.filter { problem.isAvailable($0) }), options: options)
      }
    case .random:
      let extended = SearchSpace.available(FormulaInput.extended, in: problem)
      return [("paper inputs", paper), ("extended inputs", extended)].flatMap { name, space in
        [
          StudyVariant("evolution, \(name)", space: space, options: options),
          StudyVariant("random search, \(name)", space: space, options: changed { $0.breeds = false }),
        ]
      }
    }
  }
}
