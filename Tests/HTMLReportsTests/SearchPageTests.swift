import Foundation
import Foundations
import HTMLReports
import Proxies
import Studies
import StudySupport
import TestSupport
import Testing

@Suite struct SearchPageTests {
  @Test func aFolderThatIsOpenedLaterGivesTheSameBytes() throws {
    try TestFiles.withFolder { folder in
      let search = try SmallSearch(in: folder)
      let results = try search.results { $0.generations = 60 }
      let page = try SearchPage(results).page
      expectWhole(page)
      let opened = try StoredResultsPage(opening: [search.run], seed: 9, threads: 1).page
      #expect(opened.markup == page.markup)
      #expect(
        page.sections.map(\.title) == [
          "Formula", "Parts of the formula", "Test configurations", "Course of the search", "Hall of fame",
          "Settings",
        ])
      #expect(!page.markup.contains(SmallSearch.name))
      #expect(page.markup.contains("Search on a &lt;b&gt; &amp; &#39;c&#39;"))
      #expect(page.markup.contains("<code>\(results.chosen.proxy)</code>"))
      #expect(page.markup.contains("alttext=\"\(results.chosen.proxy)\""))
    }
  }

  @Test func tenThousandEvaluationsAreFarBelowTheGreatestSize() throws {
    try TestFiles.withFolder { folder in
      let results = try SmallSearch(in: folder).results {
        $0.generations = .max
        $0.maximumEvaluations = 10_000
        $0.populationSize = 50
      }
      #expect(results.search.state.evaluations >= 10_000)
      let page = try SearchPage(results).page
      expectWhole(page)
      #expect(page.markup.utf8.count < ReportPage.maximumBytes / 2)
    }
  }

  @Test func contributionsAreDifferencesToTheWholeFormula() throws {
    try TestFiles.withFolder { folder in
      let results = try SmallSearch(in: folder).results { $0.generations = 5 }
      let problem = results.search.problem
      let proxy = try EvolvedProxy(parsing: "mul(sqrt(abs(weight)), gradient)")
      let contributions = FormulaContributions(proxy, problem, on: .validation)
      #expect(contributions.whole == problem.correlation(proxy, on: .validation))
      #expect(
        contributions.parts.map(\.name) == ["bit_weighted", "mul", "sqrt", "abs", "weight", "gradient"])
      #expect(contributions.parts.map(\.depth) == [0, 1, 2, 3, 4, 2])
      let root = contributions.parts[2]
      let without = problem.correlation(
        try EvolvedProxy(parsing: "mul(abs(weight), gradient)"), on: .validation)
      #expect(root.without == without)
      #expect(
        contributions.contribution(of: root)
          == without.flatMap { rho in contributions.whole.map { $0 - rho } })
      // The square root of numbers below zero is none.
      #expect(contributions.parts[3].isRemovable && contributions.parts[3].without == nil)
      let alone = problem.correlation(try EvolvedProxy(parsing: "sqrt(abs(weight))"), on: .validation)
      #expect(root.alone == alone)
    }
  }

  @Test func whatIsNoSearchIsSaid() throws {
    try TestFiles.withFolder { folder in
      let search = try SmallSearch(in: folder)
      func message(_ paths: String...) -> String {
        do {
          _ = try StoredResultsPage(opening: paths, seed: 1, threads: 1)
          return ""
        } catch {
          return "\(error)"
        }
      }
      #expect(message(folder).contains("holds no search"))
      _ = try search.results { $0.generations = 3 }
      #expect(message(search.run, search.benchmark).contains("takes its folder alone"))
      for file in ["checkpoint.json", "run.json"] {
        let path = "\(search.run)/\(file)"
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: path))
        #expect(message(search.run).contains("\(file): was not written by a search, or is damaged"))
        try data.write(to: URL(fileURLWithPath: path))
      }
      try FileManager.default.removeItem(atPath: "\(search.run)/checkpoint.json")
      #expect(message(search.run).contains("has done no generation yet"))
      #expect(message("\(folder)/none").contains("no such file"))
      let half = "\(folder)/half.csv"
      let data = try Data(contentsOf: URL(fileURLWithPath: search.benchmark))
      try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: half))
      #expect(message(half).contains("half.csv"))
      let many = [String](repeating: search.benchmark, count: 21)
      #expect(throws: FileError.self) { try StoredResultsPage(opening: many, seed: 1, threads: 1) }
      #expect(message(search.statistics).contains("is not a benchmark"))
    }
  }
}
