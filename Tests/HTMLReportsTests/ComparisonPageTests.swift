import BitModel
import Compression
import HTMLReports
import Network
import Reports
import Testing
import Torch

@Suite struct ComparisonPageTests {
  /// What a network answers that is right on so many of ten images.
  private func evaluation(right: Int) throws -> Evaluation {
    let logits = (0..<10).flatMap { $0 < right ? [1, 0] as [Float] : [0, 1] }
    return try Evaluation(
      logits: [Tensor(logits, shape: [10, 2])], labels: [Int](repeating: 0, count: 10),
      classCount: 2)
  }

  private func page(_ names: [(String, ProxyComparison.Kind, Int)]) throws -> ReportPage {
    let costs = CostModel(layers: (0..<3).map { LayerCost(name: "<layer> \($0)", parameters: 10, macs: 10) })
    let entries = try names.map { name, kind, right in
      ProxyComparison.Entry(
        name: name, kind: kind,
        configuration: kind == .float ? nil : BitConfiguration(weightBits: [8, right, 8], activationBits: 8),
        evaluation: try evaluation(right: right))
    }
    let report = ComparisonReport(entries, costs: costs, images: 10, unit: .image, origin: "test", seconds: 1)
    return ComparisonPage(report, model: "a <b>").page
  }

  @Test func leadsAreThoseOfTheFirstProxy() throws {
    let page = try page([
      ("float", .float, 9), ("uniform", .reference, 3), ("one", .proxy, 6), ("two", .proxy, 4),
    ])
    expectWhole(page)
    #expect(
      !page.markup.contains("<layer>") && page.sections.map(\.title) == ["Accuracy", "All numbers", "Bits"])
    let leads = try #require(matches("<table data-name=\"Lead of one\">.*?</table>", in: page.markup).first)
    let values = matches("<td[^>]*>(float|uniform|two)</td><td[^>]*>[a-z]*</td><td[^>]*>[^<]*", in: leads)
    try #require(values.count == 3)
    #expect(values[0].hasSuffix(">-30") && values[1].hasSuffix(">30") && values[2].hasSuffix(">20"))
  }

  @Test func withoutAProxyThereIsNoLead() throws {
    let page = try page([("float", .float, 9)])
    expectWhole(page)
    #expect(!page.markup.contains("Lead of"))
  }
}
