import BitModel
import Foundation
import Foundations
import Torch

/// The statistics of every quantizable layer of a network, in graph order.
public struct NetworkStatistics: Sendable {
  /// The names of the layers.
  public let layerNames: [String]
  /// What each layer costs.
  public let costs: CostModel
  /// A tensor for each layer, by statistic.
  public let tensors: [Statistic: [Tensor]]
  /// What rounding single layers does, a table for each way to round.
  public var perturbations: [PerturbationTable]
  /// What single and paired changes of bits do to outputs, a table for each way to round and background.
  public var responses: [ResponseTable]
  /// What running whole configurations on the same images comes to, a record for each way to round.
  public var measured: [MeasuredDivergences] = []
  /// What the statistics were computed of: network digest, images, seed, probes.
  public let origin: [String: String]

  /// Makes statistics of given tensors.
  public init(
    costs: CostModel, tensors: [Statistic: [Tensor]], perturbations: [PerturbationTable] = [],
    responses: [ResponseTable] = [], origin: [String: String] = [:]
  ) {
    layerNames = costs.layers.map(\.name)
    self.costs = costs
    self.tensors = tensors
    self.perturbations = perturbations
    self.responses = responses
    self.origin = origin
  }

  /// A layer's tensor; nil where the statistic was not computed.
  public func tensor(_ statistic: Statistic, layer: Int) -> Tensor? {
    guard let list = tensors[statistic], layer < list.count else { return nil }
    return list[layer]
  }

  /// The ways to round that there are perturbations or responses of.
  public var roundings: Set<String> { Set(perturbations.map(\.rounding) + responses.map(\.rounding)) }

  /// Layers whose output is zero on all images, by name; empty where Gram matrices were not computed.
  public func deadLayers() throws -> [String] {
    try zip(layerNames, tensors[.gram] ?? []).filter { try $0.1.absolute().applying("max").item() == 0 }.map(
      \.0)
  }

  private static let layersKey = "layers"
  private static let perturbationsKey = "perturbations"
  private static let responsesKey = "responses"
  private static let measuredKey = "measured"

  /// Writes all tensors to a safetensors file, named `statistic/layer` and `responses/…`, and the perturbation tables as
  /// JSON beside them.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var metadata = origin
    metadata[Self.layersKey] = String(decoding: try encoder.encode(costs), as: UTF8.self)
    metadata[Self.perturbationsKey] = String(decoding: try encoder.encode(perturbations), as: UTF8.self)
    if !responses.isEmpty {
      metadata[Self.responsesKey] = String(
        decoding: try encoder.encode(responses.map(\.header)), as: UTF8.self)
    }
    if !measured.isEmpty {
      metadata[Self.measuredKey] = String(decoding: try encoder.encode(measured), as: UTF8.self)
    }
    var all = responses.enumerated().flatMap { $1.named($0) }
    for statistic in Statistic.allCases {
      for (name, tensor) in zip(layerNames, tensors[statistic] ?? []) {
        all.append(("\(statistic.rawValue)/\(name)", tensor))
      }
    }
    try SafetensorsFile(tensors: all, metadata: metadata).write(to: path)
  }

  /// Reads a file that ``write(to:)`` made.
  ///
  /// - Throws: `FileError` where it is something else.
  public init(contentsOf path: String) throws {
    let file = try SafetensorsFile(contentsOf: path)
    var origin = file.metadata
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    func removed<Value: Decodable>(_ key: String, as _: Value.Type) -> Value? {
      origin.removeValue(forKey: key).flatMap { try? decoder.decode(Value.self, from: Data($0.utf8)) }
    }
    guard let costs = removed(Self.layersKey, as: CostModel.self) else {
      throw FileError(.data, "\(path): holds no statistics of a network")
    }
    let perturbations = removed(Self.perturbationsKey, as: [PerturbationTable].self) ?? []
    let headers = removed(Self.responsesKey, as: [ResponseTable.Header].self) ?? []
    let measured = removed(Self.measuredKey, as: [MeasuredDivergences].self) ?? []
    let byName = Dictionary(file.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    var tensors: [Statistic: [Tensor]] = [:]
    for statistic in Statistic.allCases {
      let list = costs.layers.compactMap { byName["\(statistic.rawValue)/\($0.name)"] }
      guard list.isEmpty || list.count == costs.layers.count else {
        throw FileError(.data, "\(path): has the statistic \(statistic.rawValue) of some layers only")
      }
      if !list.isEmpty { tensors[statistic] = list }
    }
    let responses = headers.enumerated().compactMap {
      ResponseTable($1, tensors: byName, position: $0, layerCount: costs.layers.count)
    }
    guard responses.count == headers.count else {
      throw FileError(
        .data, "\(path): responses to changes of bits are missing, or not of the runs that it names")
    }
    self.init(
      costs: costs, tensors: tensors, perturbations: perturbations, responses: responses, origin: origin)
    self.measured = measured
  }
}
