import BitModel
import Foundation
import LayerStatistics
import Proxies
import TestSupport
import Testing

/// Proxies that texts stand for.
@Suite struct ProxyCatalogTests {
  private static func file(_ formula: String) -> ProxyFile {
    ProxyFile(
      formula: formula, provenance: "by hand", version: "1", seed: 1,
      tests: [
        .init(
          benchmark: "b", truth: "top1", configurations: 10, rho100: 0.5, rho50: nil, rho20: nil,
          interval: [0.25, 0.75], ceiling: 0.9)
      ])
  }

  @Test(arguments: [
    ("snip", ProxyKind.bitWeighted, "snip"), ("qe_score", .bitFunction, "qe_score"),
    ("divergence", .perturbation, "divergence"), ("weight", .formula, "weight"),
    (" mul(abs(weight), gradient)\n", .formula, "mul(abs(weight), gradient)"),
    ("layer_max(divergence)", .formula, "layer_max(divergence)"),
  ])
  func textsAreNamesOrFormulas(_ text: String, _ kind: ProxyKind, _ name: String) throws {
    let proxy = try ProxyCatalog.standard.proxy(text)
    #expect(proxy.kind == kind && proxy.name == name)
  }

  @Test func filesAndFoldersHoldFormulas() throws {
    try TestFiles.withFolder { folder in
      let data = try Self.file("abs(weight)").data()
      try data.write(to: URL(fileURLWithPath: "\(folder)/some.json"))
      try data.write(to: URL(fileURLWithPath: "\(folder)/\(ProxyFile.name)"))
      #expect(try ProxyCatalog.standard.proxy("\(folder)/some.json").name == "abs(weight)")
      #expect(try ProxyCatalog.standard.proxy(folder).name == "abs(weight)")
      let read = try ProxyFile(contentsOf: "\(folder)/some.json")
      #expect(try read.data() == data)
      #expect(read.tests[0].rho100 == 0.5 && read.tests[0].rho50 == nil)
      try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/other.json"))
      let error = #expect(throws: ProxyError.self) {
        try ProxyCatalog.standard.proxy("\(folder)/other.json")
      }
      #expect(error?.description.contains("other.json: is not a proxy's file") == true)
    }
  }

  @Test(arguments: [
    ("hawk", "there is no proxy 'hawk'; did you mean hawq"), ("abs(weigth)", "position 5"),
    ("", "position 1"),
  ])
  func otherTextsAreRefused(_ text: String, _ reason: String) {
    let error = #expect(throws: ProxyError.self) { try ProxyCatalog.standard.proxy(text) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  /// A handcrafted proxy, and primitives, that this library does not have.
  @Test func aCatalogTakesOthers() throws {
    let share = HandcraftedProxy.bitWeighted(
      "mac_share", "M / Σ M", source: "–", asFormula: "macs"
    ) { inputs in
      let macs = inputs.statistics.costs.layers.map { Double($0.macs) }
      return macs.map { $0 / macs.reduce(0, +) }
    }
    let catalog = try ProxyCatalog(
      handcrafted: HandcraftedProxy.all, primitives: AddedPrimitives.registry()
    ).adding([share])
    let proxy = try catalog.proxy("mac_share")
    let costs = [LayerCost(name: "a", parameters: 1, macs: 1), LayerCost(name: "b", parameters: 1, macs: 3)]
    let inputs = ProxyInputs(NetworkStatistics(costs: CostModel(layers: costs), tensors: [:]))
    let scores = try proxy.layerScores(inputs)
    #expect(scores.score(layer: 0, weightBits: 2) == 0.5 && scores.score(layer: 1, weightBits: 4) == 3)
    #expect(share.asFormula == .formula(Proxy(.input(.quantity(.macs)))))
    #expect(try catalog.proxy("cos(weight)").kind == .formula)
    #expect(throws: ProxyError.self) { try ProxyCatalog.standard.proxy("mac_share") }
    let error = #expect(throws: ProxyError.self) { try catalog.adding([share]) }
    #expect(error?.description.contains("two proxies are called mac_share") == true)
  }

  @Test func handcraftedFormulasAreFormulas() throws {
    let catalog = ProxyCatalog.standard
    #expect(try ProxyCatalog(handcrafted: catalog.handcrafted).handcrafted.count == catalog.handcrafted.count)
    #expect(catalog.handcrafted.compactMap(\.asFormula).count == 26)
  }
}
