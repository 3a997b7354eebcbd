import Foundations
import LayerStatistics
import Torch

/// What a proxy is computed from: a network's statistics, and which way to round is meant.
public struct ProxyInputs: Sendable {
  /// The statistics.
  public let statistics: NetworkStatistics
  /// How weights are rounded, in the form of `PerturbationTable.rounding`; nil where there is one table only.
  public let rounding: String?

  /// Makes inputs.
  public init(_ statistics: NetworkStatistics, rounding: String? = nil) {
    self.statistics = statistics
    self.rounding = rounding
  }

  /// Makes inputs of a rounding's name, such as `gptq`; of the first where there are several.
  ///
  /// - Throws: ``ProxyError`` where there is none, with the roundings that there are.
  public init(_ statistics: NetworkStatistics, roundingNamed name: String) throws {
    let all = statistics.perturbations.map(\.rounding) + statistics.responses.map(\.rounding)
    guard let rounding = all.first(where: { RoundingDescription($0)?.rounding == name }) else {
      var known: [String] = []
      for case let name? in all.map({ RoundingDescription($0)?.rounding }) where !known.contains(name) {
        known.append(name)
      }
      throw ProxyError(
        "the statistics have neither perturbations nor responses of the rounding \(name); "
          + (known.isEmpty ? "they have none" : "they have those of \(known.joined(separator: ", "))"))
    }
    self.init(statistics, rounding: rounding)
  }

  /// The name of the rounding that is meant, such as `gptq`; nil where there are several, or none has a name.
  public var roundingName: String? {
    let known = rounding.map { Set([$0]) } ?? statistics.roundings
    return known.count == 1 ? known.first.flatMap { RoundingDescription($0)?.rounding } : nil
  }

  /// What rounding layers' inputs does, in the places of what rounding their weights does; nil where that was not computed.
  func inPlaceOfWeights() throws -> ProxyInputs? {
    guard let table = try table().ofInputs else { return nil }
    var statistics = statistics
    statistics.perturbations = [table]
    return ProxyInputs(statistics)
  }

  /// The tensors of a statistic, one a layer.
  ///
  /// - Throws: ``ProxyError`` where it was not computed.
  public func tensors(_ statistic: Statistic) throws -> [Tensor] {
    guard let tensors = statistics.tensors[statistic] else {
      throw ProxyError("the statistic \(statistic.rawValue) was not computed", kind: .data)
    }
    guard tensors.count == statistics.layerNames.count else {
      throw ProxyError(
        "the statistic \(statistic.rawValue) has \(tensors.count) tensors for the \(statistics.layerNames.count)"
          + " layers", kind: .data)
    }
    return tensors
  }

  /// A statistic that is a number for each layer.
  public func numbers(_ statistic: Statistic) throws -> [Double] {
    try tensors(statistic).map { try $0.item() }
  }

  /// Σ x ⊙ y of two statistics, by layer.
  public func innerProducts(_ left: Statistic, _ right: Statistic) throws -> [Double] {
    try zip(tensors(left), tensors(right)).map {
      try $0.multiplied(by: $1).converted(to: .float64).sum().item()
    }
  }

  /// The table of perturbation statistics.
  ///
  /// - Throws: ``ProxyError`` where there is none of this way to round.
  public func table() throws -> PerturbationTable {
    let tables = statistics.perturbations
    if let rounding {
      if let table = tables.first(where: { $0.rounding == rounding }) { return table }
    } else if tables.count == 1 {
      return tables[0]
    }
    let known = tables.map { $0.roundingName ?? "a rounding without a name" }.joined(separator: ", ")
    throw ProxyError(
      tables.isEmpty
        ? "perturbation statistics were not computed"
        : rounding == nil
          ? "there are perturbation statistics of \(tables.count) roundings; one of \(known) has to be named"
          : "there are no perturbation statistics of this rounding, only of \(known)",
      kind: .data)
  }
}
