import Benchmarks
import BitModel
import Foundation
import Foundations
import HTMLReports
import Proxies
import Reports
import Studies
import StudySupport
import TestSupport
import Testing

@Suite struct BenchmarkPageTests {
  private static let folder = "\(TestFiles.repository)/MQBench"

  @Test func anyTwoMeasuresStandAgainstEachOther() throws {
    let path = "\(Self.folder)/fashion-plain-nearest.csv"
    let page = try StoredResultsPage(opening: [path], seed: 1, threads: 1).page
    expectWhole(page)
    #expect(try StoredResultsPage(opening: [path], seed: 1, threads: 2).page.markup == page.markup)
    // Average bits and four measures.
    #expect(matches("<div data-name=", in: page.markup).count == 10)
    let rows = try BenchmarkFile(contentsOf: path).rows.filter { $0.role == .drawn }
    let table = try #require(
      matches("<table data-name=\"Configurations of.*?</table>", in: page.markup).first)
    #expect(matches("<tr>", in: table).count == rows.count + 1)
    #expect(page.sections.map(\.title) == ["Protocol", "Distribution", "Any two measures", "Noise ceilings"])
  }

  @Test func allBenchmarksFitOnOnePage() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter {
      $0.hasSuffix(".csv")
    }
    let page = try StoredResultsPage(
      opening: files.sorted().map { "\(Self.folder)/\($0)" }, seed: 1, threads: 1
    ).page
    expectWhole(page)
    #expect(page.sections.count == files.count)
  }

  @Test func aRankingHasARowForEachWhoRanks() throws {
    try TestFiles.withFolder { folder in
      let ranking = try ProxyRanking(
        SmallSearch(in: folder).opened(), resamples: 20, seed: 1, context: WorkContext())
      let proxies = try ProxyCatalog.standard.proxies(["size", "weight_norm", "abs(weight)", "divergence"])
      let rows = try proxies.map { try ranking.row($0, isStrict: false) } + [ranking.ceilingRow]
      let page = RankingPage(RankingReport([(ranking, rows)], metrics: [.rho100])).page
      expectWhole(page)
      #expect(!page.markup.contains(SmallSearch.name))
      // What takes something that was not computed has no scores to draw.
      #expect(page.markup.contains("not defined"))
      #expect(matches("<div data-name=", in: page.markup).count == 3)
      #expect(page.markup.contains("noise ceiling"))
    }
  }

  @Test func fineTuningShowsEveryEpoch() {
    let report = FineTuningReport(
      output: "a<b>.onnx", fileBytes: 1_048_576, epochs: 3, steps: 30, loss: 0.5, accuracies: (0.9, 0.5, 0.8),
      seconds: 1)
    let page = FineTuningPage(
      report, losses: [0.9, .nan, 0.5], layers: [("c<1>", BitChoice(weightBits: 2, activationBits: 4))]
    ).page
    expectWhole(page)
    #expect(!page.markup.contains("<b>") && !page.markup.contains("<1>"))
    #expect(page.markup.contains("80 %") && page.markup.contains("50 % before training"))
  }
}
