import Evolution
import Proxies
import Studies

/// What a search was run on, and how.
struct SearchSettings {
  let results: SearchResults

  init(_ results: SearchResults) { self.results = results }

  /// Files, space and options.
  var facts: Facts {
    let (description, state) = (results.job.description, results.search.state)
    let (options, space) = (description.options, description.space)
    let benchmarks = zip(description.benchmarks, results.job.benchmarks).map { record, benchmark in
      (
        "benchmark",
        "\(record.path), ranked by \(record.truth); statistics \(record.statistics); \(benchmark.rows.count) configurations"
      )
    }
    let inputs =
      space.responses.map { $0.map(\.name) } ?? space.inputs.map(\.name)
    let split = results.search.problem.benchmarks[0].split
    return Facts(
      benchmarks + [
        (
          "configurations",
          "\(split.search.count) for fitness, \(split.validation.count) for the choice, \(split.test.count) for the test"
            + (benchmarks.count > 1 ? " (of the first benchmark)" : "")
        ),
        (
          "fitness",
          options.fitness.description
            + (benchmarks.count > 1 ? ", \(description.combination.rawValue) over benchmarks" : "")
        ),
        ("structure", space.shape.structure.rawValue),
        ("inputs", inputs.joined(separator: ", ")),
        (
          "aggregations",
          space.responses == nil ? space.aggregations.map(\.rawValue).joined(separator: ", ") : ""
        ),
        ("population", "\(options.populationSize) on each of \(options.islands) islands"),
        (
          "breeding",
          options.breeds
            ? "crossover \(options.crossoverProbability), mutation \(options.mutationProbability); the \(options.removal.rawValue) leaves"
            : "none: formulas are drawn"
        ),
        (
          "survey of operations",
          description.survey.map { "\($0.evaluations) evaluations of \($0.samples) random formulas" }
            ?? "none"
        ),
        ("generations", "\(state.generation)"),
        (
          "candidates",
          "\(state.candidates), of which \(state.evaluations) were ranked on all search configurations"
        ),
        ("seed", "\(options.seed)"), ("program", "emq \(description.version)"),
      ])
  }
}
