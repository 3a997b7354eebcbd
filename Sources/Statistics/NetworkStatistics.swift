import Foundation
import Support
import Torch

/// The statistics of every quantizable layer of a network, in graph order.
public struct NetworkStatistics: Sendable {
  /// The names of the layers.
  public let layerNames: [String]
  /// What each layer costs.
  public let costs: CostModel
  /// A tensor for each layer, by statistic.
  public let tensors: [Statistic: [Tensor]]
  /// What the statistics were computed of: network digest, images, seed, probes.
  public let origin: [String: String]

  /// Makes statistics of given tensors.
  public init(costs: CostModel, tensors: [Statistic: [Tensor]], origin: [String: String] = [:]) {
    layerNames = costs.layers.map(\.name)
    self.costs = costs
    self.tensors = tensors
    self.origin = origin
  }

  /// A layer's tensor; nil where the statistic was not computed.
  public func tensor(_ statistic: Statistic, layer: Int) -> Tensor? {
    guard let list = tensors[statistic], layer < list.count else { return nil }
    return list[layer]
  }

  /// Writes all tensors to a safetensors file, named `statistic/layer`.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var metadata = origin
    metadata["layers"] = String(decoding: try encoder.encode(costs), as: UTF8.self)
    var all: [(name: String, tensor: Tensor)] = []
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
    guard let layers = origin.removeValue(forKey: "layers"),
      let costs = try? JSONDecoder().decode(CostModel.self, from: Data(layers.utf8))
    else {
      throw FileError(.data, "\(path): holds no statistics of a network; `emq statistics` makes such a file")
    }
    let byName = Dictionary(file.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    var tensors: [Statistic: [Tensor]] = [:]
    for statistic in Statistic.allCases {
      let list = costs.layers.compactMap { byName["\(statistic.rawValue)/\($0.name)"] }
      guard list.isEmpty || list.count == costs.layers.count else {
        throw FileError(.data, "\(path): has the statistic \(statistic.rawValue) of some layers only")
      }
      if !list.isEmpty { tensors[statistic] = list }
    }
    self.init(costs: costs, tensors: tensors, origin: origin)
  }
}
