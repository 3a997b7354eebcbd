import Allocation
import Foundation
import Foundations
import LayerStatistics
import Proxies

/// A proxy that has a name: a handcrafted one, a formula, or the result of a search.
public struct ChosenProxy: Sendable {
  /// The name, or the text of the formula.
  public let name: String
  /// The handcrafted proxy, if it is one.
  public let handcrafted: HandcraftedProxy?
  /// The formula, if it is one.
  public let proxy: Proxy?

  /// Takes a handcrafted proxy.
  public init(_ handcrafted: HandcraftedProxy) {
    name = handcrafted.name
    self.handcrafted = handcrafted
    proxy = nil
  }

  /// Takes a formula.
  public init(_ proxy: Proxy) {
    name = proxy.description
    self.proxy = proxy
    handcrafted = nil
  }

  /// Takes a proxy that comes with the library.
  public init(_ shipped: ShippedProxy) throws { self.init(try Proxy(parsing: shipped.file().formula)) }

  /// Reads a name, a formula, the path of a search's folder or of a proxy's file.
  ///
  /// - Throws: `ProxyError` where it is none of these.
  public init(_ text: String) throws {
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
  public var stages: Set<StatisticsStage> {
    if let handcrafted { return handcrafted.stages }
    guard let expression = proxy?.expression else { return [] }
    return Set(expression.statistics.map(\.stage)).union(expression.perturbations.flatMap(\.stages))
  }

  /// The tensors that it takes.
  public var statistics: Set<Statistic> {
    handcrafted.map { Set($0.statistics) } ?? proxy?.expression.statistics ?? []
  }

  /// The perturbation statistics that it takes.
  public var perturbations: Set<PerturbationStatistic> {
    handcrafted.map { Set($0.perturbations) } ?? proxy?.expression.perturbations ?? []
  }

  /// Whether it can choose among the bits of a space: where inputs may have several, it has to see them.
  public func seesChoices(of space: AllocationSpace) -> Bool {
    guard space.choices.contains(where: { Set($0.map(\.activationBits)).count > 1 }) else { return true }
    return perturbations.contains(.activationError)
      || statistics.isEmpty && !perturbations.isEmpty
        && perturbations.isSubset(of: PerturbationStatistic.ofOutputs)
  }

  /// Checks that it can choose among the bits of a space.
  ///
  /// - Throws: `ProxyError` where it cannot.
  public func requireSeesChoices(of space: AllocationSpace) throws {
    guard !seesChoices(of: space) else { return }
    let names = PerturbationStatistic.ofOutputs.map(\.rawValue).sorted().joined(separator: ", ")
    throw ProxyError(
      "the proxy \(name) does not see bits of layers' inputs, so it cannot choose them; one of \(names) can, and a"
        + " single candidate for inputs needs no choice", kind: .usage)
  }

  /// The scores of each layer on a network at the bits of a space.
  ///
  /// Where bits of inputs are chosen, too, a proxy of what rounding a weight does to outputs is taken of what rounding the
  /// input does as well, and both are added.
  /// - Throws: `ProxyError` where it gives no usable score there, or does not see what is to be chosen.
  public func scores(_ inputs: ProxyInputs, in space: AllocationSpace) throws -> LayerBitScores {
    try requireSeesChoices(of: space)
    let scores = try scores(inputs)
    let choosesInputs = space.choices.contains { Set($0.map(\.activationBits)).count > 1 }
    guard choosesInputs, !perturbations.contains(.activationError) else { return scores }
    guard let ofInputs = try inputs.ofLayerInputs() else {
      throw ProxyError(
        "the statistics do not say what rounding layers' inputs does; statistics with the same candidates would",
        kind: .data)
    }
    return scores.adding(ofInputs: try self.scores(ofInputs))
  }

  /// The scores of each layer on a network.
  ///
  /// - Throws: `ProxyError` where it gives no usable score there.
  public func scores(_ inputs: ProxyInputs) throws -> LayerBitScores {
    if let handcrafted { return try handcrafted.scores(inputs) }
    guard let proxy else { return LayerBitScores(coefficients: []) }
    return try proxy.layerBitScores(inputs)
  }
}
