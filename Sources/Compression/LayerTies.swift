import Allocation
import Foundation
import Network

extension NetworkCosts {
  /// Layers that a text ties together: `residual` or `depthwise`, or names joined by commas.
  ///
  /// - Returns: lists of layers, by position.
  /// - Throws: `AllocationError` for layers that the network does not have, or that do not belong together.
  public func layers(tiedBy text: String, in network: Network) throws -> [[Int]] {
    if let tie = LayerTie(rawValue: text) { return network.groups(tiedBy: tie) }
    let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard names.count > 1 else {
      throw AllocationError(
        "'\(text)': residual, depthwise, or two or more names of layers joined by commas are needed",
        kind: .usage)
    }
    return [try layers(tied: names, outputChannels: network.layers.map(\.outputChannels))]
  }
}
