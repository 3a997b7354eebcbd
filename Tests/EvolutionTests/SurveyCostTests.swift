import Evolution
import Foundation
import Proxies
import Testing

/// What measuring operations costs is counted with the search that it serves.
@Suite struct SurveyCostTests {
  private func options() -> EvolutionOptions {
    var options = EvolutionOptions()
    options.populationSize = 10
    options.generations = .max
    options.maximumEvaluations = 100
    options.migrationInterval = 5
    options.hallOfFameSize = 20
    return options
  }

  @Test func aSurveyCountsWhatItRanked() throws {
    let problem = try SyntheticProblem.problem(formula: "mul(abs(weight), abs(gradient))")
    let survey = try SpaceSurvey(SearchSpace(), problem: problem, samples: 500, seed: 1, threads: 2)
    #expect(survey.cost.samples == 500)
    // All that reached the configurations: those with a usable score, and those that are constant over them.
    let constant = survey.reasons[.constantOverConfigurations] ?? 0
    #expect(survey.cost.evaluations == survey.valid.count + constant)
    #expect(survey.cost.evaluations > 100)
  }

  @Test(arguments: [true, false])
  func aStudyCountsItsSurvey(_ prioritizes: Bool) throws {
    let problem = try SyntheticProblem.problem(formula: "mul(abs(weight), abs(gradient))")
    let variant = StudyVariant(
      "v", space: SearchSpace(), prioritizesOperations: prioritizes, options: options())
    let run = try #require(
      try StudyRun(variant, identity: "i", problem: problem, seed: 3, isCancelled: { false }))
    #expect((run.surveyEvaluations > 1000) == prioritizes)
    #expect((run.surveySeconds > 0) == prioritizes)
    let search = run.evaluations - run.surveyEvaluations
    #expect((100..<200).contains(search))
    #expect(run.curve.last?.evaluations == search)
  }

  @Test func aFolderKeepsWhatASurveyTook() throws {
    let folder = RunFolder(
      FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path)
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    let problem = try SyntheticProblem.problem(formula: "abs(weight)")
    var description = RunFolder.Description(
      version: "1", options: options(), space: SearchSpace(),
      survey: SurveyCost(samples: 4000, evaluations: 2345),
      benchmarks: [.init(path: "b", statistics: "s", network: "n", digest: "d", truth: "top1")])
    let search = try EvolutionSearch(problem: problem, options: options())
    try folder.save(search.state, description)
    #expect(try folder.description() == description)
    description.survey = nil
    try folder.save(search.state, description)
    #expect(try folder.description()?.survey == nil)
  }
}
