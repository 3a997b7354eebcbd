import Foundation
import MQBench
import Proxies
import Statistics
import Support

/// A proxy that the command line names: a handcrafted one, a formula, or the result of a search.
struct ChosenProxy {
  /// The file of a run folder that holds the chosen formula.
  static let file = "proxy.txt"

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
    if FileManager.default.fileExists(atPath: "\(text)/\(Self.file)") {
      formula = String(decoding: try AtomicFile.read("\(text)/\(Self.file)"), as: UTF8.self)
    } else if !text.isEmpty, text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }),
      Statistic(rawValue: text) == nil
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
    return Set((proxy?.expression.statistics ?? []).map(\.stage))
  }

  /// The scores of each layer on a network.
  ///
  /// - Throws: `ProxyError` where it gives no usable score there.
  func scores(_ inputs: ProxyInputs) throws -> LayerBitScores {
    if let handcrafted { return try handcrafted.scores(inputs) }
    guard let proxy else { return LayerBitScores(coefficients: []) }
    switch ProxyEvaluator(inputs.statistics).layerScores(proxy) {
    case .success(let scores): return LayerBitScores(coefficients: scores)
    case .failure(let reason):
      throw ProxyError(
        "the formula \(proxy) gives no usable score on this network: \(reason.rawValue)", kind: .data)
    }
  }
}
