import Foundation
import MQBench
import Proxies
import Statistics
import Support

/// A proxy that the command line names: a handcrafted one, a formula, or the result of a search.
struct ChosenProxy {
  let name: String
  /// The handcrafted proxy, if it is one.
  let handcrafted: HandcraftedProxy?
  /// The formula, if it is one.
  let proxy: Proxy?

  init(_ handcrafted: HandcraftedProxy) {
    name = handcrafted.name
    self.handcrafted = handcrafted
    proxy = nil
  }

  init(_ text: String) throws {
    if let handcrafted = HandcraftedProxy.named(text) {
      self = ChosenProxy(handcrafted)
      return
    }
    var formula = text
    if FileManager.default.fileExists(atPath: "\(text)/\(ProxyFile.name)") {
      formula = try ProxyFile(contentsOf: "\(text)/\(ProxyFile.name)").formula
    } else if text.hasSuffix(".json") {
      formula = try ProxyFile(contentsOf: text).formula
    } else if !text.isEmpty, text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }),
      FormulaInput(name: text) == nil
    {
      throw ProxyError(
        "there is no proxy '\(text)'; " + nearestNames(to: text, among: HandcraftedProxy.all.map(\.name)),
        kind: .usage)
    }
    let proxy = try Proxy(parsing: formula.trimmingCharacters(in: .whitespacesAndNewlines))
    self.proxy = proxy
    name = proxy.description
    handcrafted = nil
  }

  /// The statistics' stages that it takes.
  var stages: Set<StatisticsStage> {
    if let handcrafted { return handcrafted.stages }
    guard let expression = proxy?.expression else { return [] }
    return Set(expression.statistics.map(\.stage)).union(expression.perturbations.flatMap(\.stages))
  }

  /// The scores of each layer on a network.
  ///
  /// - Throws: `ProxyError` where it gives no usable score there.
  func scores(_ inputs: ProxyInputs) throws -> LayerBitScores {
    if let handcrafted { return try handcrafted.scores(inputs) }
    guard let proxy else { return LayerBitScores(coefficients: []) }
    return try proxy.layerBitScores(inputs)
  }
}
